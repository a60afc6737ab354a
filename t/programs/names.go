// SPDX-License-Identifier: Apache-2.0
// Go names: pointer and value methods, closures, generics, goroutines.
package main

import (
	"sort"
	"strings"
	"sync"
)

type tree struct {
	left, right *tree
	key         int
}

func (t *tree) insert(k int) *tree {
	if t == nil {
		return &tree{key: k}
	}
	if k < t.key {
		t.left = t.left.insert(k)
	} else {
		t.right = t.right.insert(k)
	}
	return t
}

type point struct{ x, y int }

//go:noinline
func (p point) norm() int {
	s := 0
	for i := 0; i < 2000; i++ {
		s += p.x*i ^ p.y
	}
	return s
}

//go:noinline
func sum[T int | int64](v []T, f func(T) T) T {
	var s T
	for _, x := range v {
		s += f(x)
	}
	return s
}

func main() {
	var wg sync.WaitGroup
	for w := 0; w < 2; w++ {
		wg.Add(1)
		go func(seed int) {
			defer wg.Done()
			v := make([]int, 3000)
			for r := 0; r < 120; r++ {
				var t *tree
				for i := range v {
					v[i] = (i*7919 + seed) % 10007
					t = t.insert(v[i])
				}
				sort.Slice(v, func(i, j int) bool { return v[i] < v[j] })
				sum(v, func(x int) int { return point{x, seed}.norm() })
				strings.Count(strings.Repeat("a b ", 3000), " ")
			}
		}(w)
	}
	wg.Wait()
}

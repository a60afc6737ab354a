// SPDX-License-Identifier: Apache-2.0
// Profiles of Go as text: memory that is kept and memory that is not, inlined functions,
// recursion, goroutines that wait for each other.
//
//	go build -o profiles profiles.go && ./profiles RATE DIRECTORY
package main

import (
	"context"
	"os"
	"runtime"
	"runtime/pprof"
	"strconv"
	"sync"
	"time"
)

type node struct {
	next *node
	v    [10]int64
}

type cache[T any] struct{ items []T }

var (
	kept  [][]byte
	names cache[*node]
	sink  byte
	open  = pprof.NewProfile("main.connections")
)

//go:noinline
func leak(n int) { kept = append(kept, buffer(n)) }

func buffer(n int) []byte { return make([]byte, n) }

//go:noinline
func temporary(n int) { b := buffer(n); sink = b[n/2] }

//go:noinline
func recurse(depth int) *node {
	if depth == 0 {
		return &node{}
	}
	n := recurse(depth - 1)
	sink = byte(n.v[0])
	return n
}

//go:noinline
func (c *cache[T]) add(item T) { c.items = append(c.items, item) }

//go:noinline
func contend(mu *sync.Mutex, done *sync.WaitGroup) {
	for i := 0; i < 5; i++ {
		mu.Lock()
		time.Sleep(time.Millisecond)
		mu.Unlock()
	}
	done.Done()
}

//go:noinline
func connect(id int) { open.Add(id, 0) }

//go:noinline
func wait(c chan int) { <-c }

func write(dir, name string) {
	f, err := os.Create(dir + "/" + name)
	if err != nil {
		panic(err)
	}
	pprof.Lookup(name).WriteTo(f, 1)
	f.Close()
	f, _ = os.Create(dir + "/" + name + ".pb.gz")
	pprof.Lookup(name).WriteTo(f, 0)
	f.Close()
}

//go:noinline
func work() {
	for i := 0; i < 20; i++ {
		leak(3000)
		temporary(20000)
	}
	for i := 0; i < 10; i++ {
		connect(i)
		names.add(recurse(4))
	}
	var mu sync.Mutex
	var done sync.WaitGroup
	done.Add(3)
	for i := 0; i < 3; i++ {
		go contend(&mu, &done)
	}
	done.Wait()
	c := make(chan int)
	for i := 0; i < 4; i++ {
		go wait(c)
	}
	go pprof.Do(context.Background(), pprof.Labels("job", "nightly"),
		func(context.Context) { wait(c) })
	time.Sleep(10 * time.Millisecond)
}

func main() {
	rate, _ := strconv.Atoi(os.Args[1])
	runtime.MemProfileRate = rate
	fraction := 1
	if rate > 1 {
		fraction = 2
	}
	runtime.SetMutexProfileFraction(fraction)
	runtime.SetBlockProfileRate(1)
	work()
	runtime.GC()
	runtime.GC()
	for _, name := range []string{"heap", "allocs", "mutex", "block", "goroutine", "threadcreate",
		"main.connections"} {
		write(os.Args[2], name)
	}
	runtime.KeepAlive(kept)
}

// SPDX-License-Identifier: Apache-2.0

// Profiles of every kind that Go writes, for t/cases/pprof:
//
//	go build -o work work.go && ./work FOLDER
//
// Two workers with labels parse and sum, one more waits for a lock that they hold.
package main

import (
	"context"
	"os"
	"runtime"
	"runtime/pprof"
	"sync"
	"time"
)

type node struct {
	next *node
	text [40]byte
}

var (
	lock sync.Mutex
	kept *node
	sink uint64
)

func mix(x uint64) uint64 { return x*6364136223846793005 + 1442695040888963407 }

func sum(n int) (x uint64) {
	for i := 0; i < n; i++ {
		x = mix(x)
	}
	return x
}

//go:noinline
func parse(n int) {
	for i := 0; i < n; i++ {
		lock.Lock()
		kept = &node{next: kept}
		sink += sum(200000)
		lock.Unlock()
	}
}

//go:noinline
func wait(done *sync.WaitGroup) {
	defer done.Done()
	for i := 0; i < 100; i++ {
		lock.Lock()
		sink++
		lock.Unlock()
		time.Sleep(time.Millisecond)
	}
}

func work(done *sync.WaitGroup, name string) {
	defer done.Done()
	pprof.Do(context.Background(), pprof.Labels("worker", name, "kind", "parser"), func(context.Context) {
		parse(300)
	})
}

func write(folder, name string) {
	file, err := os.Create(folder + "/" + name + ".pb.gz")
	if err != nil {
		panic(err)
	}
	if err := pprof.Lookup(name).WriteTo(file, 0); err != nil {
		panic(err)
	}
	file.Close()
}

func main() {
	folder := os.Args[1]
	runtime.SetBlockProfileRate(1)
	runtime.SetMutexProfileFraction(1)
	runtime.MemProfileRate = 512
	file, err := os.Create(folder + "/cpu.pb.gz")
	if err != nil {
		panic(err)
	}
	pprof.StartCPUProfile(file)
	var done sync.WaitGroup
	done.Add(3)
	go work(&done, "a")
	go work(&done, "b")
	go wait(&done)
	done.Wait()
	pprof.StopCPUProfile()
	file.Close()
	for _, name := range []string{"heap", "block", "mutex", "goroutine"} {
		write(folder, name)
	}
}

package main

import (
	"sync"
	"time"
)

func spawnAndJoinOne(n int) {
	for i := 0; i < n; i++ {
		var one sync.WaitGroup
		start(&one, func() {})
		one.Wait()
	}
}

func spawnBatch(n int) {
	var all sync.WaitGroup
	for i := 0; i < n; i++ {
		start(&all, func() {})
	}
	all.Wait()
}

// Goroutines that all wait for one channel; looked at in between.
func parkedUntil(n int, look func()) {
	gate := make(chan struct{})
	var started, all sync.WaitGroup
	for i := 0; i < n; i++ {
		started.Add(1)
		start(&all, func() {
			started.Done()
			<-gate
		})
	}
	started.Wait()
	look()
	close(gate)
	all.Wait()
}

func parked(n int) {
	parkedUntil(n, func() {})
}

func memory(n int) {
	before := memoryNow()
	parkedUntil(n, func() {
		time.Sleep(100 * time.Millisecond)
		printParked(before, n)
	})
	printEnded(before)
}

func sleepers(n int) {
	var all sync.WaitGroup
	for i := 0; i < n; i++ {
		nap := time.Duration(1+i%50) * time.Millisecond
		start(&all, func() { time.Sleep(nap) })
	}
	all.Wait()
}

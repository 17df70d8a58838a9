package main

import (
	"io"
	"log"
	"net"
	"sync"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func serve(listener net.Listener, connections int) {
	for i := 0; i < connections; i++ {
		c, err := listener.Accept()
		check(err)
		go func() {
			var message [64]byte
			for {
				if _, err := io.ReadFull(c, message[:]); err != nil {
					break
				}
				c.Write(message[:])
			}
			c.Close()
		}()
	}
}

func echo(connections int) func(int) {
	return func(n int) {
		listener, err := net.Listen("tcp4", "127.0.0.1:0")
		check(err)
		var all sync.WaitGroup
		start(&all, func() { serve(listener, connections) })
		for i := 0; i < connections; i++ {
			start(&all, func() {
				c, err := net.Dial("tcp4", listener.Addr().String())
				check(err)
				var message [64]byte
				for i := 0; i < n/connections; i++ {
					c.Write(message[:])
					_, err := io.ReadFull(c, message[:])
					check(err)
				}
				c.Close()
			})
		}
		all.Wait()
		listener.Close()
	}
}

package main

func eight(capacity int) [8]chan int {
	var c [8]chan int
	for i := range c {
		c[i] = make(chan int, capacity)
	}
	return c
}

func select2(c *[8]chan int) int {
	select {
	case <-c[0]:
		return 0
	case <-c[1]:
		return 1
	}
}

func select4(c *[8]chan int) int {
	select {
	case <-c[0]:
		return 0
	case <-c[1]:
		return 1
	case <-c[2]:
		return 2
	case <-c[3]:
		return 3
	}
}

func select8(c *[8]chan int) int {
	select {
	case <-c[0]:
		return 0
	case <-c[1]:
		return 1
	case <-c[2]:
		return 2
	case <-c[3]:
		return 3
	case <-c[4]:
		return 4
	case <-c[5]:
		return 5
	case <-c[6]:
		return 6
	case <-c[7]:
		return 7
	}
}

func selectReady(one func(*[8]chan int) int, cases int) func(int) {
	return func(n int) {
		c := eight(1)
		for i := 0; i < cases; i++ {
			c[i] <- 0
		}
		for i := 0; i < n; i++ {
			c[one(&c)] <- 0
		}
	}
}

func selectBlocked(one func(*[8]chan int) int, cases int) func(int) {
	return func(n int) {
		c := eight(0)
		go func() {
			for i := 0; i < n; i++ {
				c[i%cases] <- i
			}
		}()
		for i := 0; i < n; i++ {
			one(&c)
		}
	}
}

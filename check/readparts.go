package check

// readLines reads the lines of a checkout.
func (d *decoder) readLines() bool {
	l, o := &d.line, &d.op
	at, ok := l.at, true
	if l.peek() != '[' {
		l.wrong("lines", "an array")
		return false
	}
	l.at++
	for first := true; l.next(']', first); first = false {
		line, good := d.readLine()
		ok = ok && good
		o.lines = append(o.lines, line)
	}
	if !l.broken && len(o.lines) == 0 {
		l.flaw(at, "no lines")
		return false
	}
	return ok && !l.broken
}

var lineKeys = []string{"item", "quantity"}

func (d *decoder) readLine() (line namedLine, ok bool) {
	l := &d.line
	if l.peek() != '{' {
		l.wrong("a line", `an object with "item" and "quantity"`)
		return line, false
	}
	start := l.at
	l.at++
	ok = true
	var has [2]bool
	for first := true; l.next('}', first); first = false {
		key, at := l.key()
		if l.broken {
			return line, false
		}
		l.skip()
		valueAt := l.at
		which := 0
		switch string(key) {
		case "item":
			line.at = l.at
			line.item, line.named = d.name("item", d.h.ItemNames, d.items)
			ok = ok && line.named
		case "quantity":
			which = 1
			var good bool
			line.quantity, good = l.integer("quantity", false)
			if good && line.quantity < 1 {
				l.flaw(valueAt, "quantity is %d, below 1", line.quantity)
				good = false
			}
			ok = ok && good
		default:
			l.flaw(at, "unknown key %q%s", key, didYouMean(string(key), lineKeys))
			l.pass(0)
			ok = false
			continue
		}
		if has[which] {
			l.flaw(at, "%s stands here twice", key)
			ok = false
		}
		has[which] = true
	}
	for which, there := range has {
		if !there && !l.broken {
			l.flaw(start, "the line lacks %q", lineKeys[which])
			ok = false
		}
	}
	return line, ok
}

var afterKeys = []string{"stock", "credit"}

// readAfter reads {"stock":{item:[value,version]},"credit":{user:[value,version]}}.
func (d *decoder) readAfter() bool {
	l := &d.line
	if l.peek() != '{' {
		l.wrong("after", `an object with "stock" and "credit"`)
		return false
	}
	l.at++
	ok := true
	var has [2]bool
	for first := true; l.next('}', first); first = false {
		key, at := l.key()
		if l.broken {
			return false
		}
		which := 0
		switch string(key) {
		case "stock":
		case "credit":
			which = 1
		default:
			l.flaw(at, "unknown key %q%s", key, didYouMean(string(key), afterKeys))
			l.pass(0)
			ok = false
			continue
		}
		if has[which] {
			l.flaw(at, "%s stands here twice", key)
			l.pass(0)
			ok = false
			continue
		}
		has[which] = true
		ok = d.readSeen(which == 1) && ok
	}
	return ok && !l.broken
}

// readSeen reads the keys of one kind that a reply tells.
func (d *decoder) readSeen(users bool) bool {
	l, o := &d.line, &d.op
	names, numbers, what := d.h.ItemNames, d.items, "after.stock"
	if users {
		names, numbers, what = d.h.UserNames, d.users, "after.credit"
	}
	if l.peek() != '{' {
		l.wrong(what, "an object of [value,version] by name")
		return false
	}
	l.at++
	ok := true
	for first := true; l.next('}', first); first = false {
		key, at := l.key()
		if l.broken {
			return false
		}
		seen := namedSeen{user: users, at: at}
		if n, known := numbers[string(key)]; known {
			seen.name = names[n]
		} else {
			seen.name = string(key)
		}
		if l.peek() != '[' {
			l.wrong(what, "[value,version] for each name")
			ok = false
			continue
		}
		var pair [2]int64
		start, count := l.at, 0
		for l.at++; l.next(']', count == 0); count++ {
			if count >= len(pair) {
				l.pass(0)
				continue
			}
			var good bool
			pair[count], good = l.integer([...]string{"the value", "the version"}[count], false)
			ok = ok && good
		}
		if !l.broken && count != 2 {
			l.flaw(start, "%s must give [value,version] for each name", what)
			ok = false
		}
		seen.Value, seen.Version = pair[0], pair[1]
		o.after = append(o.after, seen)
	}
	return ok && !l.broken
}

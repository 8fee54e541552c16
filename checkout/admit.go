package checkout

import "math"

// What a request may ask for at most. Operation numbers index tables, and a
// record that is a message about all lines must stay one record.
const (
	OperationsMax = 1 << 27 // operation numbers are below it
	LinesMax      = 3000    // lines of one checkout
	AmountMax     = 1 << 48 // units of one checkout, units or money of one top-up
)

// possible rejects what a client of this shop cannot ask. Such a request gets
// no answer: whoever issues it has to know the shop.
func (c *Config) possible(r *Request) bool {
	if r.Op >= OperationsMax {
		return false
	}
	item := r.Item >= 0 && r.Item < c.Items
	user := r.User >= 0 && r.User < c.Users
	amount := r.Amount >= 1 && r.Amount <= AmountMax
	switch r.Kind {
	case Checkout:
		_, ok := c.total(r.Lines)
		return user && ok
	case AddStock:
		return item && amount
	case AddCredit:
		return user && amount
	case ReadStock:
		return item
	case ReadCredit:
		return user
	case FindOrder:
		return r.Order < OperationsMax
	}
	return false
}

// total is what the lines cost: the sum of quantity x price. It gives false
// where there are none or too many, where an item does not exist, where a
// quantity is below 1, and where the sums are larger than any shop's: a sum
// that overflows would be money for nothing.
func (c *Config) total(lines []Line) (sum int64, ok bool) {
	if len(lines) == 0 || len(lines) > LinesMax {
		return 0, false
	}
	var units int64
	for _, line := range lines {
		if line.Item < 0 || line.Item >= c.Items || line.Quantity < 1 || line.Quantity > AmountMax {
			return 0, false
		}
		units += line.Quantity
		price := c.Price[line.Item]
		if units > AmountMax || price > 0 && line.Quantity > (math.MaxInt64-sum)/price {
			return 0, false
		}
		sum += line.Quantity * price
	}
	return sum, true
}

// merge sums the lines of one item up and sorts them in the order of locks: by
// stock task, then by item. All checkouts lock in this one order, so none waits
// for another in a circle.
func (c *Config) merge(parts []part, lines []Line) []part {
	if c.Broken.LockAsAsked {
		return mergeAsAsked(parts, lines)
	}
	tasks := int32(c.Stocks)
	for _, line := range lines {
		task, i := line.Item%tasks, len(parts)
		for i > 0 && (parts[i-1].key%tasks > task || parts[i-1].key%tasks == task && parts[i-1].key > line.Item) {
			i--
		}
		if i > 0 && parts[i-1].key == line.Item {
			parts[i-1].amount += line.Quantity
			continue
		}
		parts = append(parts, part{})
		copy(parts[i+1:], parts[i:])
		parts[i] = part{key: line.Item, amount: line.Quantity}
	}
	return parts
}

// group gives the end of the run of parts on one stock task, and the task.
func (c *Config) group(parts []part, from int32) (end int32, task int) {
	task = int(parts[from].key) % c.Stocks
	for end = from; int(end) < len(parts) && int(parts[end].key)%c.Stocks == task; end++ {
	}
	return end, task
}

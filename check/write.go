package check

import (
	"bufio"
	"io"
	"strconv"
)

// WriteHistory writes h as JSON Lines, as the contract has it: the initial
// state, then one operation per line, in the order of h.Ops. Equal histories
// give equal bytes.
func WriteHistory(w io.Writer, h *History) error {
	buffered := bufio.NewWriterSize(w, 1<<16)
	line := h.AppendInitial(nil)
	if _, err := buffered.Write(line); err != nil {
		return err
	}
	for i := range h.Ops {
		line = h.AppendOp(line[:0], &h.Ops[i])
		if _, err := buffered.Write(line); err != nil {
			return err
		}
	}
	return buffered.Flush()
}

// AppendInitial appends the first line of a history.
func (h *History) AppendInitial(b []byte) []byte {
	b = append(b, `{"simrun_history":1,"stock":{`...)
	b = appendTable(b, h.ItemNames, 'i', h.Stock)
	b = append(b, `},"credit":{`...)
	b = appendTable(b, h.UserNames, 'u', h.Credit)
	b = append(b, `},"price":{`...)
	b = appendTable(b, h.ItemNames, 'i', h.Price)
	return append(b, "}}\n"...)
}

func appendTable(b []byte, names []string, letter byte, values []int64) []byte {
	for n, value := range values {
		if n > 0 {
			b = append(b, ',')
		}
		b = append(appendName(b, names, letter, int32(n)), ':')
		b = strconv.AppendInt(b, value, 10)
	}
	return b
}

// AppendOp appends the line of one operation.
func (h *History) AppendOp(b []byte, op *Op) []byte {
	b = append(append(b, `{"op":"`...), kindWords[op.Kind]...)
	b = appendName(append(b, `","client":`...), h.ClientNames, 'c', op.Client)
	switch op.Kind {
	case Checkout, FindOrder:
		b = appendName(append(b, `,"order":`...), h.OrderNames, 'o', op.Order)
	case AddStock, ReadStock:
		b = appendName(append(b, `,"item":`...), h.ItemNames, 'i', op.Item)
	}
	switch op.Kind {
	case Checkout, AddCredit, ReadCredit:
		b = appendName(append(b, `,"user":`...), h.UserNames, 'u', op.User)
	}
	switch op.Kind {
	case Checkout:
		b = h.appendLines(b, op)
	case AddStock:
		b = strconv.AppendInt(append(b, `,"quantity":`...), op.Amount, 10)
	case AddCredit:
		b = strconv.AppendInt(append(b, `,"amount":`...), op.Amount, 10)
	}
	b = strconv.AppendInt(append(b, `,"call":`...), op.Call, 10)
	if op.Return == Pending {
		return append(b, `,"return":null,"outcome":"unknown"}`+"\n"...)
	}
	b = strconv.AppendInt(append(b, `,"return":`...), op.Return, 10)
	b = append(append(b, `,"outcome":"`...), outcomeWords[op.Outcome]...)
	b = append(b, '"')
	switch op.Kind {
	case ReadStock, ReadCredit:
		b = strconv.AppendInt(append(b, `,"value":`...), op.Value, 10)
	case FindOrder:
		b = append(append(b, `,"status":"`...), statusWords[op.Status]...)
		b = append(b, '"')
	}
	b = h.appendAfter(b, op)
	if op.Kind == Checkout && op.PaidAt != 0 {
		b = strconv.AppendInt(append(b, `,"paid_at":`...), op.PaidAt, 10)
	}
	if op.Kind == Checkout && op.Receipt != 0 {
		b = strconv.AppendUint(append(b, `,"receipt":`...), op.Receipt, 10)
	}
	return append(b, "}\n"...)
}

func (h *History) appendLines(b []byte, op *Op) []byte {
	b = append(b, `,"lines":[`...)
	for n, line := range h.LinesOf(op) {
		if n > 0 {
			b = append(b, ',')
		}
		b = appendName(append(b, `{"item":`...), h.ItemNames, 'i', line.Item)
		b = strconv.AppendInt(append(b, `,"quantity":`...), line.Quantity, 10)
		b = append(b, '}')
	}
	return append(b, ']')
}

// appendAfter: stocks in the order of History.After, which is that of the
// lines, then the credit.
func (h *History) appendAfter(b []byte, op *Op) []byte {
	after := h.AfterOf(op)
	if len(after) == 0 {
		return b
	}
	b = append(b, `,"after":{`...)
	first := true
	for _, part := range [...]struct {
		users  bool
		key    string
		names  []string
		letter byte
	}{{false, `"stock":{`, h.ItemNames, 'i'}, {true, `"credit":{`, h.UserNames, 'u'}} {
		open := false
		for _, seen := range after {
			if seen.Key.IsUser() != part.users {
				continue
			}
			switch {
			case open:
				b = append(b, ',')
			case first:
				b = append(b, part.key...)
			default:
				b = append(append(b, ','), part.key...)
			}
			open, first = true, false
			b = appendName(b, part.names, part.letter, seen.Key.Number())
			b = strconv.AppendInt(append(b, ":["...), seen.Value, 10)
			b = strconv.AppendInt(append(b, ','), seen.Version, 10)
			b = append(b, ']')
		}
		if open {
			b = append(b, '}')
		}
	}
	return append(b, '}')
}

func appendName(b []byte, names []string, letter byte, n int32) []byte {
	if names == nil {
		b = append(b, '"', letter)
		return append(strconv.AppendInt(b, int64(n), 10), '"')
	}
	return appendString(b, names[n])
}

// appendString appends s, which is UTF-8, as a JSON string.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < ' ':
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}

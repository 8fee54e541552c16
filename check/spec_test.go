package check

import "fmt"

// One user with 10, two items at 3: three units of the first, one of the second.
func ExampleState_Apply() {
	h := &History{Stock: []int64{3, 1}, Credit: []int64{10}, Price: []int64{3, 3}}
	shop := NewState(h)
	ask := func(outcome Outcome, lines ...Line) {
		n := h.Append(Op{Kind: Checkout, Outcome: outcome, Order: int32(len(h.Ops))}, lines, nil)
		journal := []change{}
		shop.journal = &journal
		m := shop.Apply(&h.Ops[n], outcome)
		if m.Rule == Legal {
			fmt.Printf("%s: legal; i0=%d i1=%d u0=%d\n", outcome, shop.Value(ItemKey(0)), shop.Value(ItemKey(1)), shop.Value(UserKey(0)))
			return
		}
		shop.undo(0)
		fmt.Println(h.sentence(n, m))
	}
	for range 10 {
		h.Append(Op{Kind: FindOrder, Order: 20}, nil, nil) // room for orders
	}
	shop = NewState(h)

	ask(OutOfStock, Line{0, 2})                     // it is there
	ask(OutOfStock, Line{0, 2}, Line{0, 2})         // an item on two lines counts with its sum
	ask(Paid, Line{0, 2}, Line{0, 2})               // so this cannot be paid
	ask(InsufficientCredit, Line{0, 2}, Line{1, 2}) // both are true: either may be named
	ask(OutOfStock, Line{0, 2}, Line{1, 2})
	ask(Declined, Line{0, 1}) // at any point
	ask(Paid, Line{0, 1}, Line{1, 1})
	ask(Paid, Line{0, 2})               // too dear by now
	ask(InsufficientCredit, Line{0, 1}) // this would do

	// Output:
	// checkout o10 by c0 was told out_of_stock, but it needs 2 units and the stock of i0 is 3
	// out_of_stock: legal; i0=3 i1=1 u0=10
	// checkout o12 by c0 was told paid, but it needs 4 units and the stock of i0 is 3
	// insufficient_credit: legal; i0=3 i1=1 u0=10
	// out_of_stock: legal; i0=3 i1=1 u0=10
	// declined: legal; i0=3 i1=1 u0=10
	// paid: legal; i0=2 i1=0 u0=4
	// checkout o17 by c0 was told paid, but its total is 6 and the credit of u0 is 4
	// checkout o18 by c0 was told insufficient_credit, but its total is 3 and the credit of u0 is 4
}

package museum

import "simrun/checkout"

// services are bugs of the shop: locks, two-phase commit, sagas, replies.
var services = []Bug{
	{Name: "unlocked", Text: "stock serves a checkout that does not have the locks", Room: "checkout", Switch: "Unlocked",
		Source: "what the team thought of", plant: inShop(func(b *checkout.Broken) { b.Unlocked = true })},
	{Name: "read-unlocked", Text: "stock serves a read that does not have the lock", Room: "checkout", Switch: "ReadUnlocked",
		Source: "what the team thought of", plant: inShop(func(b *checkout.Broken) { b.ReadUnlocked = true })},
	{Name: "keep-locks", Text: "stock that is short keeps what it has locked", Room: "checkout", Switch: "KeepLocks",
		Source: "what the team thought of", plant: inShop(func(b *checkout.Broken) { b.KeepLocks = true })},
	{Name: "no-abort", Text: "participants that granted are not told that a checkout ends without effect", Room: "checkout", Switch: "NoAbort",
		Source: "KAFKA-14055", plant: inShop(func(b *checkout.Broken) { b.NoAbort = true })},
	{Name: "abort-all", Text: "a saga compensates what it has not reserved", Room: "checkout", Switch: "AbortAll",
		Source: "what the team thought of", Needs: []string{"checkout.transactions=saga", "check.linearizable=off"}, plant: inShop(func(b *checkout.Broken) { b.AbortAll = true })},
	{Name: "torn-commit", Text: "the first participant commits, the others abort", Room: "checkout", Switch: "TornCommit",
		Source: "Kafka transactions before KIP-890", plant: inShop(func(b *checkout.Broken) { b.TornCommit = true })},
	{Name: "lock-as-asked", Text: "locks are taken in the order of the lines", Room: "checkout", Switch: "LockAsAsked",
		Source: "what the team thought of", plant: inShop(func(b *checkout.Broken) { b.LockAsAsked = true })},
	{Name: "retry-anew", Text: "a retry of an operation that was answered is a new operation", Room: "checkout", Switch: "RetryAnew",
		Source: "Iceberg #16008", Needs: []string{"workload.retry.timeout=12ms"}, plant: inShop(func(b *checkout.Broken) { b.RetryAnew = true })},
	{Name: "forget-replies", Text: "replies are not restored", Room: "checkout", Switch: "ForgetReplies",
		Source: "Iceberg #16008", plant: inShop(func(b *checkout.Broken) { b.ForgetReplies = true })},
	{Name: "forget-locks", Text: "locks are not restored", Room: "checkout", Switch: "ForgetLocks",
		Source: "what the team thought of", plant: inShop(func(b *checkout.Broken) { b.ForgetLocks = true })},
	{Name: "forget-versions", Text: "versions of keys are not restored", Room: "checkout", Switch: "ForgetVersions",
		Source: "what the team thought of", plant: inShop(func(b *checkout.Broken) { b.ForgetVersions = true })},
	{Name: "late-answer", Text: "an answer that comes after payment gave up goes to whoever has the question's slot", Room: "checkout", Switch: "LateAnswer",
		Source: "KAFKA-10080", Needs: []string{"checkout.provider.timeout=3ms"}, plant: inShop(func(b *checkout.Broken) { b.LateAnswer = true })},
	{Name: "give-up-charges", Text: "a checkout that payment gave up on counts as approved", Room: "checkout", Switch: "GiveUpCharges",
		Source: "what the team thought of", Needs: []string{"checkout.provider.timeout=3ms"}, plant: inShop(func(b *checkout.Broken) { b.GiveUpCharges = true })},
}

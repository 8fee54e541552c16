package scenarios
import ("testing";"fmt";"os")
func TestScratch(t *testing.T){
 s,err:=Parse("q.yaml",[]byte("simrun: 1\nname: q\n"),nil)
 if err!=nil{t.Fatal(err)}
 fmt.Println(string(s.Expand()))
 data,_:=os.ReadFile("/tmp/b/every.yaml")
 s,err=Parse("every.yaml",data,nil)
 fmt.Println(err)
 if err==nil{fmt.Println(string(s.Expand()))}
 _,err=Parse("bad.yaml",[]byte("simrun: 2\nname: q/\ntme: {}\ntime: {horizn: 3, horizon: 60}\nhorizon: 4\nparallelism: x\nnetwork: {bandwidth: 10GBit/s, latency: {lognormal: {p50: 5ms, p99: 1ms}}}\nexpect: maybe\nfaults:\n  - {at: 70s, crash: stok/1}\n  - {at: 3s, crash: stock/9}\n  - {at: 3s, after: {task: order/0}, pause: stock/0}\nworkload: {mix: {checkout: 50%}}\ncheckout:\n"),[]Override{{"time.horizon","soon"},{"bla.x","1"},{"faults[7].at","1s"}})
 fmt.Println(err)
}

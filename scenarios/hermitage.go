package scenarios

import (
	"embed"
	"strings"

	"simrun/check"
)

//go:embed hermitage/*.yaml
var hermitageFiles embed.FS

// HermitagePrefix begins the names of the matrix's scenarios:
// "hermitage/lost-effect".
const HermitagePrefix = "hermitage/"

// HermitageColumn is one way of running a job.
type HermitageColumn struct {
	Name  string // in tables: "clonos, depth 1"
	About string
	Sets  []Override // what makes a scenario of the matrix this column's
}

// HermitageColumns are the columns of the anomaly matrix, from the weakest. In
// the last one each row has its own bug.
var HermitageColumns = []HermitageColumn{
	{"none", "the failed task alone is restarted from the last checkpoint; nothing is replayed", sets("recovery.protocol", "none")},
	{"redo", "its input is replayed, without determinants", sets("recovery.protocol", "redo")},
	{"global", "all tasks are rolled back; replies wait for a checkpoint", sets("recovery.protocol", "global")},
	{"global, at once", "the same, and replies leave at once", sets("recovery.protocol", "global", "recovery.replies", "immediate")},
	{"clonos", "causal recovery, full sharing; replies carry their determinants", sets("recovery.protocol", "clonos")},
	{"clonos, depth 1", "determinants go one hop; an orphan means a rollback; replies wait for a checkpoint",
		sets("recovery.protocol", "clonos", "recovery.sharing_depth", "1")},
	{"clonos, orphans go on", "the same, and no rollback, as in the released code",
		sets("recovery.protocol", "clonos", "recovery.sharing_depth", "1", "recovery.orphans", "continue")},
	{"clonos, at once", "full sharing, and replies leave at once without determinants",
		sets("recovery.protocol", "clonos", "recovery.replies", "immediate")},
	{"clonos, sagas", "transactions without isolation", sets("recovery.protocol", "clonos", "checkout.transactions", "saga")},
	{"planted", "clonos, or what the row says, with a bug of the museum in it", sets("recovery.protocol", "clonos")},
}

// plantedColumn is the place of the column with planted bugs.
const plantedColumn = 9

func sets(pairs ...string) []Override {
	var list []Override
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, Override{pairs[i], pairs[i+1]})
	}
	return list
}

// CellKind is what a cell of the matrix says.
type CellKind byte

const (
	CellPrevented     CellKind = 'P' // nothing is violated
	CellShown         CellKind = 'S' // the anomaly, and a client or the books notice
	CellUnseen        CellKind = 'M' // it arises, and a monitor alone sees it
	CellOther         CellKind = 'O' // something is violated, but not by this anomaly
	CellNotApplicable CellKind = 'N' // it cannot arise, or nobody promises anything of the kind
	CellUndecided     CellKind = 'U' // the run tested nothing, or a check ran out of its budget
)

// Words says a kind in a word.
func (k CellKind) Words() string {
	return map[CellKind]string{CellPrevented: "prevented", CellShown: "shown", CellUnseen: "not visible", CellOther: "other",
		CellNotApplicable: "not applicable", CellUndecided: "undecided"}[k]
}

// HermitageRow is one anomaly. Its scenario is the file of its name.
type HermitageRow struct {
	Name    string     // of the file: "lost-effect"
	Anomaly string     // of check.Anomalies that shows it to clients; empty: none is its alone
	Monitor string     // that names it; empty: none
	Planted string     // the bug, or bugs, of the last column
	With    []Override // what else the last column sets
	Cells   string     // what each column comes to, a CellKind each
}

// Title is the anomaly in words: "lost effect".
func (r *HermitageRow) Title() string { return strings.ReplaceAll(r.Name, "-", " ") }

// NamedBy lists the checks that mean the anomaly: of clients, then of monitors.
func (r *HermitageRow) NamedBy() []string {
	var names []string
	if a := check.FindAnomaly(r.Anomaly); a != nil && a.Check != "" {
		names = append(names, a.Check)
	}
	if r.Monitor != "" {
		names = append(names, r.Monitor)
	}
	return names
}

// HermitageRows lists the anomalies in the order of the table.
func HermitageRows() []HermitageRow { return append([]HermitageRow(nil), hermitageRows...) }

// Anomalies lists the scenarios of the matrix.
func Anomalies() []Builtin {
	var list []Builtin
	for _, row := range hermitageRows {
		s, err := Load(HermitagePrefix+row.Name, nil)
		if err != nil {
			panic("scenarios: " + err.Error())
		}
		list = append(list, Builtin{HermitagePrefix + row.Name, s.About})
	}
	return list
}

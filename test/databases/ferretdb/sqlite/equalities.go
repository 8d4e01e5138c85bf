package sqlite

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/FerretDB/FerretDB/internal/backends/sqlite/metadata"
	"github.com/FerretDB/FerretDB/internal/handler/sjson"
	"github.com/FerretDB/FerretDB/internal/types"
	"github.com/FerretDB/FerretDB/internal/util/must"
)

var plainName = regexp.MustCompile(`^\w+$`)

// equalities lets SQLite look up by its indexes what a filter wants to be equal to a string, as MongoDB would. FerretDB
// itself does so for a filter of nothing but `_id: "…"`, and reads the whole collection for every other one. It filters
// what it is given once more, so the clause may leave out everything else that the filter asks for.
//
// What it changes and deletes it names by metadata.IDColumn, which install.sh makes `->"_id"`: FerretDB's own `->'$._id'` is
// another expression than that of its index, so that each update read the whole collection.
func equalities(filter *types.Document) (clause string, args []any) {
	var terms []string
	for _, name := range filter.Keys() {
		value := must.NotFail(filter.Get(name))
		if operators, ok := value.(*types.Document); ok && operators.Len() == 1 {
			value, _ = operators.Get("$eq")
		}
		if _, ok := value.(string); !ok || !plainName.MatchString(name) {
			continue
		}
		terms = append(terms, fmt.Sprintf(`%s->%q = ?`, metadata.DefaultColumn, name))
		args = append(args, string(must.NotFail(sjson.MarshalSingleValue(value))))
	}
	if len(terms) == 0 {
		return "", nil
	}
	return " WHERE " + strings.Join(terms, " AND "), args
}

package kernelext

import (
	"fmt"
	"reflect"
	"slices"
)

const (
	maxTable  = 20  // rows of a table of structs
	maxCell   = 100 // bytes of a table's cell
	maxFields = 4   // of a struct that is one line of text
)

// tableOf returns the table that a value is shown as: a slice of structs with a row for each, or a struct of many fields
// with a row for each. Other values are not.
func tableOf(v reflect.Value) (header []string, rows [][]string, ok bool) {
	if v.Kind() == reflect.Slice || v.Kind() == reflect.Array {
		return tableOfRows(v)
	}
	if v.Kind() == reflect.Pointer && !hasOwnText(v.Type()) {
		v = v.Elem()
	}
	if v.Kind() == reflect.Struct && !hasOwnText(v.Type()) {
		return tableOfFields(v)
	}
	return nil, nil, false
}

// hasOwnText tells whether values of this type say themselves what their text is.
func hasOwnText(t reflect.Type) bool {
	_, hasShape := t.MethodByName("Shape")
	return hasShape || isStringer(t) || t.Implements(errorType) || isPicture(t)
}

// tableOfRows returns the table of a slice of structs or of pointers to them: a column for every exported field of a simple
// type. Of many rows the middle is left out.
func tableOfRows(v reflect.Value) (header []string, rows [][]string, ok bool) {
	element := v.Type().Elem()
	if v.Len() == 0 || hasOwnText(element) {
		return nil, nil, false
	}
	if element.Kind() == reflect.Pointer {
		element = element.Elem()
	}
	if element.Kind() != reflect.Struct || hasOwnText(element) {
		return nil, nil, false
	}
	var fields [][]int
	for _, f := range reflect.VisibleFields(element) {
		if f.IsExported() && isSimple(f.Type) {
			header, fields = append(header, f.Name), append(fields, f.Index)
		}
	}
	if len(fields) == 0 {
		return nil, nil, false
	}
	for i := 0; i < v.Len(); i++ {
		if v.Len() > maxTable && i == maxTable/2 {
			i = v.Len() - maxTable/2
			rows = append(rows, rowOf(len(fields), fmt.Sprintf("… %d more …", v.Len()-maxTable)))
		}
		rows = append(rows, cellsOf(v.Index(i), fields))
	}
	return header, rows, true
}

// isSimple tells whether fields of this type are columns of a table: bools, numbers, strings, maps of these, and what has a
// text of its own.
func isSimple(t reflect.Type) bool {
	return isBasic(t) || t.Kind() == reflect.Map && isBasic(t.Key()) && isBasic(t.Elem()) || isStringer(t) || t.Implements(errorType)
}

// isBasic tells whether a type's values are bools, numbers or strings.
func isBasic(t reflect.Type) bool {
	k := t.Kind()
	return k >= reflect.Bool && k <= reflect.Complex128 || k == reflect.String
}

// rowOf returns a row with text in its first cell.
func rowOf(columns int, first string) []string {
	row := make([]string, columns)
	row[0] = first
	return row
}

// cellsOf returns the texts of a struct's fields, none for an empty map.
func cellsOf(v reflect.Value, fields [][]int) []string {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return rowOf(len(fields), "nil")
		}
		v = v.Elem()
	}
	row := make([]string, len(fields))
	for i, index := range fields {
		f, err := v.FieldByIndexErr(index)
		if err != nil || f.Kind() == reflect.Map && f.Len() == 0 { // an error: in an embedded struct that is nil
			continue
		}
		row[i] = cellText(f)
	}
	return row
}

// cellText returns the text of a value in a table, which is one line.
func cellText(v reflect.Value) string {
	return stringText(textWithin(v, maxCell, place{depth: 1}), place{depth: 1})
}

// tableOfFields returns the table of a struct's exported fields, if there are many: a row for each that is not zero.
func tableOfFields(v reflect.Value) (header []string, rows [][]string, ok bool) {
	exported, zero := 0, 0
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() {
			continue
		}
		exported++
		if v.Field(i).IsZero() {
			zero++
			continue
		}
		rows = append(rows, []string{f.Name, cellText(v.Field(i))})
	}
	switch zero {
	case 0:
	case exported:
		rows = append(rows, []string{"all " + plural(zero, "field"), "zero"})
	default:
		rows = append(rows, []string{"… " + plural(zero, "more field"), "zero"})
	}
	return []string{"field", "value"}, rows, exported > maxFields
}

// tableOfDisplayers returns one table for a slice of values that each show themselves as a table of two columns, names and
// values: a row for each of them, and a column for each name.
func tableOfDisplayers(v reflect.Value) [][]string {
	if v.Kind() != reflect.Slice || v.Len() == 0 || v.Len() > maxTable {
		return nil
	}
	var header []string
	values := make([]map[string]string, v.Len())
	for i := range v.Len() {
		items, ok := itemsOf(v.Index(i).Interface(), v.Index(i))
		if !ok || len(items) != 1 {
			return nil
		}
		table, _ := items[0].([][]string)
		values[i] = map[string]string{}
		for _, row := range table {
			if len(row) != 2 {
				return nil
			}
			if !slices.Contains(header, row[0]) {
				header = append(header, row[0])
			}
			values[i][row[0]] = row[1]
		}
	}
	rows := [][]string{header}
	for _, of := range values {
		var row []string
		for _, name := range header {
			row = append(row, of[name])
		}
		rows = append(rows, row)
	}
	return rows
}

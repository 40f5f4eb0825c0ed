package kernelext

import (
	"fmt"
	"html"
	"strings"
	"text/tabwriter"
)

// Table shows rows of text under a header, as a table.
func Table(header []string, rows ...[]string) {
	show(output{html: tableHTML(header, rows), text: tableText(header, rows)})
}

func tableHTML(header []string, rows [][]string) string {
	var b strings.Builder
	b.WriteString("<table><thead>")
	line := func(tag string, cells []string) {
		b.WriteString("<tr>")
		for _, c := range cells {
			fmt.Fprintf(&b, `<%s style="text-align:left">%s</%s>`, tag, html.EscapeString(c), tag)
		}
		b.WriteString("</tr>")
	}
	line("th", header)
	b.WriteString("</thead><tbody>")
	for _, row := range rows {
		line("td", row)
	}
	b.WriteString("</tbody></table>")
	return b.String()
}

func tableText(header []string, rows [][]string) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, row := range append([][]string{header}, rows...) {
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	w.Flush()
	lines := strings.Split(strings.TrimRight(b.String(), "\n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.Join(lines, "\n")
}

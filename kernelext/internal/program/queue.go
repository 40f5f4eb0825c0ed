package program

// Queue says which cells are not run because one before them failed: those that had come by then, as Jupyter's stop_on_error
// asks. Only one goroutine may use it.
type Queue struct{ abort int }

// Next takes the next request from the queue and tells whether it is aborted, if it is one to run a cell.
func (q *Queue) Next() (aborted bool) {
	aborted = q.abort > 0
	q.abort = max(0, q.abort-1)
	return aborted
}

// Failed takes in that a cell failed while so many requests wait. The content is that of the cell's own request.
func (q *Queue) Failed(content map[string]any, waiting int) {
	if stop, ok := content["stop_on_error"].(bool); !ok || stop {
		q.abort = waiting
	}
}

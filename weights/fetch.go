package weights

// Progress is how far a download has come.
type Progress struct {
	Name  string // of the network
	Done  int64  // bytes, those of an earlier try included
	Total int64  // bytes; 0 where the server does not say
}

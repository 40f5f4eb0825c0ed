package conv

// Call and Reference are for tests.
var Call, Reference = call, reference

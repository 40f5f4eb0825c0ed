package conv

// Call and Said are for tests.
var Call, Said = call, said

package stylelib

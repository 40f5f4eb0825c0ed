package kernelext

import (
	"context"
	"os"
	"os/signal"
	"sync"
)

// Context returns the context that the notebook's Stop button cancels, and Control-C outside a notebook. What works
// under it ends in good order: a running transfer returns the picture it has got to, and the cell goes on to show
// and keep that. The kernel kills a cell that is still running 60 seconds after Stop; a second Stop or Control-C
// kills it at once.
func Context() context.Context { return stoppable() }

var stoppable = sync.OnceValue(func() context.Context {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	context.AfterFunc(ctx, stop) // the next one is not for us
	return ctx
})

package dispatcher

import (
	"github.com/janpfeifer/gonb/internal/kernel"
	"github.com/janpfeifer/gonb/internal/program"
	"github.com/janpfeifer/gonb/internal/report"
)

// queue says which requests are not run because a cell before them failed.
var queue program.Queue

// showCard shows why a cell failed as one card. It returns the name and the text of the error and, for who runs notebooks
// without a front end, its traceback; and the short line that stands below the card.
func showCard(msg kernel.Message, err error) (name, value string, traceback, strip []string) {
	card := report.Of(err, msg.Kernel().ExecCounter)
	_ = kernel.PublishData(msg, kernel.Data{Data: card.Bundle()})
	return card.Kind, card.Error(), card.Traceback(), []string{card.Strip()}
}

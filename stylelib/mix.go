package stylelib

import (
	"errors"
	"fmt"
	"math"
)

// MixStyles returns the loss for several style pictures: each term whose target is the first one, [Style](0), becomes one
// for every share, in the order of the pictures; its weight is the term's times the share over the sum of the shares, its
// name the term's with 1, 2 … after it. The other terms stay.
//
// Shares 1-t and t interpolate between two styles. With [loss.MeanSquare] that is the same as one target, the mean of the two
// descriptions by their shares; with [loss.RelativeSquare] a description counts the more the smaller it is.
//
// Shares must be finite and not negative, and not all 0.
func MixStyles(terms []Term, shares ...float64) ([]Term, error) {
	sum := 0.
	for _, share := range shares {
		if !(share >= 0) {
			return nil, fmt.Errorf("stylelib: the shares of the styles are %g; none may be below 0", shares)
		}
		sum += share
	}
	if !(sum > 0) || math.IsInf(sum, 0) {
		return nil, fmt.Errorf("stylelib: the shares of the styles are %g; their sum must be above 0 and finite", shares)
	}
	if terms != nil && !anyHasTarget(terms, Style(0)) {
		return nil, errors.New("stylelib: no term has the first style picture as its target, so there is none to mix; StyleTerm returns one")
	}
	var mixed []Term
	for _, term := range terms {
		if term.Target != Style(0) || len(shares) == 1 {
			mixed = append(mixed, term)
			continue
		}
		for i, share := range shares {
			one := term
			one.Name, one.Target, one.Weight = fmt.Sprintf("%s %d", term.Name, i+1), Style(i), term.Weight*share/sum
			mixed = append(mixed, one)
		}
	}
	return mixed, nil
}

/*
 * eval_folds.h - accuracy of same-or-different over ten folds, as Labeled
 * Faces in the Wild defines it (Huang et al., 2007).
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_EVAL_FOLDS_H
#define TESTS_EVAL_FOLDS_H

#include <stdbool.h>
#include <stddef.h>

#define EVAL_FOLDS 10u

/* A lost pair counts as told to be different: score -1. */
struct fold_pair { float score; bool same; };

struct folds { double accuracy, sd; };

/*
 * p: n pairs in file order, of which each tenth is a fold. Each fold is judged at the
 * threshold that is best on the nine others. sd: standard deviation of the
 * ten accuracies. False: n is no multiple of ten, or out of memory.
 */
bool folds_measure(const struct fold_pair *p, size_t n, struct folds *out);

#endif

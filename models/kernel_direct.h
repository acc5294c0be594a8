/*
 * kernel_direct.h - our own vectorised layers, for what oneDNN 2.6 does slowly:
 * depthwise convolution with the functions before and after it fused,
 * PReLU, the multiplication by a gate, and the rounding to bfloat16.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Tensors are dense [height][width][channels], one picture, of float32 or
 * bfloat16 (uint16_t, the upper half of a float32); arithmetic and weights are
 * float32 either way, results are rounded to nearest even. Any number of
 * channels works; multiples of 16 are fast.
 *
 * struct direct is a table of functions compiled for one instruction set:
 * direct_best() once at open, then the same table for every run. Nothing here
 * allocates or keeps state; one packed layer may be run by several threads.
 */
#ifndef MODELS_KERNEL_DIRECT_H
#define MODELS_KERNEL_DIRECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/cpu_isa.h"

#define DIRECT_ALIGN 64u	/* of packed weights; of tensors it is only faster */
#define DIRECT_LEAKY_SLOPE 0.1f

enum direct_type { DIRECT_F32, DIRECT_BF16 };
/* RELU is a slope of 0 below zero, LEAKY of DIRECT_LEAKY_SLOPE, PRELU one for each channel. */
enum direct_act { DIRECT_LINEAR, DIRECT_RELU, DIRECT_LEAKY, DIRECT_PRELU };

/*
 * A depthwise convolution. top and left are the rows and columns of zeros
 * before the picture; those after it follow from the sizes (any number).
 * in_act is applied to the input as it is read (zeros around stay zeros),
 * out_act to the result. 3x3 with stride 1 or 2 is fastest; up to 8x8 and any
 * stride works, also 'valid' down to one pixel.
 */
struct direct_depthwise {
	int32_t c, in_h, in_w, out_h, out_w;
	int32_t size, stride;
	int32_t top, left;
	enum direct_act in_act, out_act;
	enum direct_type type;		/* of input and output */
};

struct direct {
	enum cpu_isa isa;
	/* packed: from direct_depthwise_pack(). src and dst do not overlap. */
	void (*depthwise)(const struct direct_depthwise *d, const void *packed, const void *src, void *dst);
	/* In place: x < 0 becomes slopes[channel] * x. */
	void (*prelu)(enum direct_type type, void *x, size_t pixels, size_t c, const float *slopes);
	/* In place: every pixel times gate [c], which is of the same type. */
	void (*gate)(enum direct_type type, void *x, size_t pixels, size_t c, const void *gate);
	void (*narrow)(const float *src, uint16_t *dst, size_t n);	/* float32 to bfloat16 */
};

/* The table for this processor and environment (cpu_isa.h); never NULL. */
const struct direct *direct_best(void);
/* The table made for at most this instruction set; running it is up to the processor. */
const struct direct *direct_for(enum cpu_isa isa);

/* False if d is not a layer that can be run: sizes that are not positive, size above 8. */
bool    direct_depthwise_ok(const struct direct_depthwise *d);
/* Memory that the packed weights take, a multiple of DIRECT_ALIGN. */
size_t  direct_depthwise_bytes(const struct direct_depthwise *d);
/*
 * weights [c][size][size], bias [c] (NULL: zeros), slopes [c] for DIRECT_PRELU
 * (else not read) -> to, aligned to DIRECT_ALIGN. The packed form is the same
 * for every instruction set and both types, and may be read-only afterwards.
 */
void    direct_depthwise_pack(const struct direct_depthwise *d, const float *weights, const float *bias,
    const float *in_slopes, const float *out_slopes, void *to);

#endif

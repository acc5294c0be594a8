/*
 * kernel_direct_body.h - the layers of kernel_direct.h over a vector type of W
 * floats; included once by the file of each instruction set, which defines
 * vec, W, v_load, v_store, v_fma, v_mul, v_slope, v_widen, v_narrow,
 * DIRECT_TABLE and DIRECT_ISA.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Functions marked INLINE take what differs between variants (element type,
 * stride, functions before and after) as constants; each variant becomes its
 * own loop. 3x3 layers walk along the columns for W channels and two output
 * rows at once: an input value is read, widened and bent once for all the
 * outputs that it reaches in these two rows, which are summed in registers.
 */
#include <string.h>

#define INLINE static inline __attribute__((always_inline))
#define WIDE 4			/* vectors at once where channels are the inner loop */

static const float nothing[16];	/* what a row outside the picture reads */

/* ---- elements ---- */

INLINE size_t
type_bytes(enum direct_type type)
{
	return type == DIRECT_F32 ? sizeof(float) : sizeof(uint16_t);
}

INLINE vec
v_get(enum direct_type type, const char *p)
{
	return type == DIRECT_F32 ? v_load((const float *)(const void *)p) : v_widen((const uint16_t *)(const void *)p);
}

INLINE void
v_put(enum direct_type type, char *p, vec a)
{
	if (type == DIRECT_F32)
		v_store((float *)(void *)p, a);
	else
		v_narrow((uint16_t *)(void *)p, a);
}

/* The same for n < W elements; the others are zero. */
INLINE vec
v_get_some(enum direct_type type, const char *p, size_t n)
{
	char all[W * sizeof(float)] = { 0 };

	memcpy(all, p, n * type_bytes(type));
	return v_get(type, all);
}

INLINE void
v_put_some(enum direct_type type, char *p, size_t n, vec a)
{
	char all[W * sizeof(float)];

	v_put(type, all, a);
	memcpy(p, all, n * type_bytes(type));
}

/* ---- depthwise 3x3 ---- */

/* W channels of one layer. */
struct strip {
	vec k[9];
	vec bias, in, out;
};

INLINE struct strip
strip_load(const float *packed, size_t line)
{
	struct strip s;

	s.bias = v_load(packed + DIRECT_LINE_BIAS * line);
	s.in = v_load(packed + DIRECT_LINE_IN * line);
	s.out = v_load(packed + DIRECT_LINE_OUT * line);
	for (size_t t = 0; t < 9; t++)
		s.k[t] = v_load(packed + (DIRECT_LINES + t) * line);
	return s;
}

/* Input rows of two output rows: where the first column is and how far the next. */
struct rows {
	const char *at[5];
	size_t step[5];
	char *to[2];
	size_t out_step;
};

INLINE vec
column_get(enum direct_type type, bool bend, const struct rows *r, const struct strip *s, size_t row, size_t x)
{
	vec v = v_get(type, r->at[row] + x * r->step[row]);

	return bend ? v_slope(v, s->in) : v;
}

INLINE void
column_put(enum direct_type type, bool bend, const struct rows *r, const struct strip *s, size_t row, size_t x, vec v)
{
	v_put(type, r->to[row] + x * r->out_step, bend ? v_slope(v, s->out) : v);
}

/* n output rows (1 or 2). A column reaches three outputs; sum[.][0] is complete with it. */
INLINE void
rows_by_one(const struct direct_depthwise *d, enum direct_type type, bool in, bool out, size_t n,
    const struct strip *s, const struct rows *r)
{
	vec sum[2][3];

	for (size_t o = 0; o < n; o++)
		sum[o][0] = sum[o][1] = s->bias;
	for (int32_t i = 0; i < d->out_w + 2; i++) {
		int32_t x = i - d->left;

		for (size_t o = 0; o < n; o++)
			sum[o][2] = s->bias;
		if (x >= 0 && x < d->in_w)
			for (size_t row = 0; row < n + 2; row++) {
				vec v = column_get(type, in, r, s, row, (size_t)x);

				for (size_t o = 0; o < n; o++)
					for (size_t t = 0; t < 3 && row >= o && row - o < 3; t++)
						sum[o][t] = v_fma(v, s->k[(row - o) * 3 + 2 - t], sum[o][t]);
			}
		for (size_t o = 0; o < n; o++) {
			if (i >= 2)
				column_put(type, out, r, s, o, (size_t)i - 2, sum[o][0]);
			sum[o][0] = sum[o][1];
			sum[o][1] = sum[o][2];
		}
	}
}

/* The same with stride 2: an even column ends one output and starts the next, an odd one is its middle. */
INLINE void
rows_by_two(const struct direct_depthwise *d, enum direct_type type, bool in, bool out, size_t n,
    const struct strip *s, const struct rows *r)
{
	vec sum[2], next[2];

	for (size_t o = 0; o < n; o++)
		sum[o] = s->bias;
	for (int32_t i = 0; i <= d->out_w; i++) {
		int32_t x = 2 * i - d->left;

		for (size_t o = 0; o < n; o++)
			next[o] = s->bias;
		if (x >= 0 && x < d->in_w)
			for (size_t row = 0; row < 2 * n + 1; row++) {
				vec v = column_get(type, in, r, s, row, (size_t)x);

				for (size_t o = 0; o < n; o++)
					if (row >= 2 * o && row - 2 * o < 3) {
						sum[o] = v_fma(v, s->k[(row - 2 * o) * 3 + 2], sum[o]);
						next[o] = v_fma(v, s->k[(row - 2 * o) * 3], next[o]);
					}
			}
		for (size_t o = 0; o < n && i > 0; o++)
			column_put(type, out, r, s, o, (size_t)i - 1, sum[o]);
		if (i < d->out_w && x + 1 >= 0 && x + 1 < d->in_w)
			for (size_t row = 0; row < 2 * n + 1; row++) {
				vec v = column_get(type, in, r, s, row, (size_t)(x + 1));

				for (size_t o = 0; o < n; o++)
					if (row >= 2 * o && row - 2 * o < 3)
						next[o] = v_fma(v, s->k[(row - 2 * o) * 3 + 1], next[o]);
			}
		for (size_t o = 0; o < n; o++)
			sum[o] = next[o];
	}
}

INLINE void
rows_any(const struct direct_depthwise *d, enum direct_type type, bool in, bool out, size_t n, size_t stride,
    const struct strip *s, const struct rows *r)
{
	if (stride == 1)
		rows_by_one(d, type, in, out, n, s, r);
	else
		rows_by_two(d, type, in, out, n, s, r);
}

/* Channels base .. base + W of two output rows from oy on. */
INLINE void
dw3_strip(const struct direct_depthwise *d, enum direct_type type, bool in, bool out, size_t stride, size_t base,
    int32_t oy, const float *packed, const char *src, char *dst)
{
	size_t pixel = (size_t)d->c * type_bytes(type), at = base * type_bytes(type);
	struct strip s = strip_load(packed + base, direct_line((size_t)d->c));
	size_t n = oy + 1 < d->out_h ? 2 : 1;
	struct rows r = { .out_step = pixel };

	for (size_t row = 0; row < (n - 1) * stride + 3; row++) {
		int32_t y = oy * (int32_t)stride - d->top + (int32_t)row;
		bool inside = y >= 0 && y < d->in_h;

		r.at[row] = inside ? src + (size_t)y * (size_t)d->in_w * pixel + at : (const char *)nothing;
		r.step[row] = inside ? pixel : 0;
	}
	for (size_t o = 0; o < n; o++)
		r.to[o] = dst + ((size_t)oy + o) * (size_t)d->out_w * pixel + at;
	if (n == 2)
		rows_any(d, type, in, out, 2, stride, &s, &r);
	else
		rows_any(d, type, in, out, 1, stride, &s, &r);
}

/* At least W channels; the last W overlap the ones before if c is no multiple of W. */
INLINE void
dw3(const struct direct_depthwise *d, enum direct_type type, bool in, bool out, size_t stride, const float *packed,
    const char *src, char *dst)
{
	size_t c = (size_t)d->c;

	for (int32_t oy = 0; oy < d->out_h; oy += 2)
		for (size_t base = 0; base < c; base += W)
			dw3_strip(d, type, in, out, stride, base + W <= c ? base : c - W, oy, packed, src, dst);
}

#define DW3_VARIANT(name, type, in, out, stride) \
	static void \
	name(const struct direct_depthwise *d, const float *packed, const char *src, char *dst) \
	{ \
		dw3(d, type, in, out, stride, packed, src, dst); \
	}
#define DW3_VARIANTS(prefix, type, stride) \
	DW3_VARIANT(prefix##_plain, type, false, false, stride) \
	DW3_VARIANT(prefix##_out, type, false, true, stride) \
	DW3_VARIANT(prefix##_in, type, true, false, stride) \
	DW3_VARIANT(prefix##_both, type, true, true, stride)
#define DW3_NAMES(prefix) { { prefix##_plain, prefix##_out }, { prefix##_in, prefix##_both } }

DW3_VARIANTS(dw3_f32_by_one, DIRECT_F32, 1)
DW3_VARIANTS(dw3_f32_by_two, DIRECT_F32, 2)
DW3_VARIANTS(dw3_bf16_by_one, DIRECT_BF16, 1)
DW3_VARIANTS(dw3_bf16_by_two, DIRECT_BF16, 2)

typedef void dw3_variant(const struct direct_depthwise *d, const float *packed, const char *src, char *dst);

/* [type][stride - 1][in_act is not linear][out_act is not linear] */
static dw3_variant *const dw3_variants[2][2][2][2] = {
	{ DW3_NAMES(dw3_f32_by_one), DW3_NAMES(dw3_f32_by_two) },
	{ DW3_NAMES(dw3_bf16_by_one), DW3_NAMES(dw3_bf16_by_two) },
};

/* ---- windows of any size ---- */

/* What of a window lies inside the picture: first and one past the last tap, and the first input row/column. */
struct span {
	int32_t from, to, at;
};

INLINE struct span
span_of(int32_t o, int32_t stride, int32_t before, int32_t size, int32_t n)
{
	struct span s;

	s.at = o * stride - before;
	s.from = s.at < 0 ? -s.at : 0;
	s.to = s.at + size > n ? n - s.at : size;
	return s;
}

/* `some` channels (0: all) of `vectors` vectors from channel base on, of the output at (y, x). */
INLINE void
dw_window(const struct direct_depthwise *d, enum direct_type type, size_t vectors, size_t some, size_t base,
    struct span y, struct span x, const float *packed, const char *src, char *dst)
{
	size_t line = direct_line((size_t)d->c), width = type_bytes(type), pixel = (size_t)d->c * width;
	vec sum[WIDE];

	for (size_t i = 0; i < vectors; i++)
		sum[i] = v_load(packed + DIRECT_LINE_BIAS * line + base + i * W);
	for (int32_t ty = y.from; ty < y.to; ty++)
		for (int32_t tx = x.from; tx < x.to; tx++) {
			const char *at = src + (size_t)((y.at + ty) * d->in_w + x.at + tx) * pixel + base * width;
			const float *k = packed + (DIRECT_LINES + (size_t)(ty * d->size + tx)) * line + base;

			for (size_t i = 0; i < vectors; i++) {
				vec v = some > 0 ? v_get_some(type, at, some) : v_get(type, at + i * W * width);

				v = v_slope(v, v_load(packed + DIRECT_LINE_IN * line + base + i * W));
				sum[i] = v_fma(v, v_load(k + i * W), sum[i]);
			}
		}
	for (size_t i = 0; i < vectors; i++) {
		vec v = v_slope(sum[i], v_load(packed + DIRECT_LINE_OUT * line + base + i * W));

		if (some > 0)
			v_put_some(type, dst + base * width, some, v);
		else
			v_put(type, dst + (base + i * W) * width, v);
	}
}

INLINE void
dw_any(const struct direct_depthwise *d, enum direct_type type, const float *packed, const char *src, char *dst)
{
	size_t c = (size_t)d->c, base;

	for (int32_t oy = 0; oy < d->out_h; oy++)
		for (int32_t ox = 0; ox < d->out_w; ox++, dst += c * type_bytes(type)) {
			struct span y = span_of(oy, d->stride, d->top, d->size, d->in_h);
			struct span x = span_of(ox, d->stride, d->left, d->size, d->in_w);

			for (base = 0; base + WIDE * W <= c; base += WIDE * W)
				dw_window(d, type, WIDE, 0, base, y, x, packed, src, dst);
			for (; base + W <= c; base += W)
				dw_window(d, type, 1, 0, base, y, x, packed, src, dst);
			if (base < c)
				dw_window(d, type, 1, c - base, base, y, x, packed, src, dst);
		}
}

static void
direct_depthwise(const struct direct_depthwise *d, const void *packed, const void *src, void *dst)
{
	if (d->size == 3 && d->stride <= 2 && d->c >= W)
		dw3_variants[d->type][d->stride - 1][d->in_act != DIRECT_LINEAR][d->out_act != DIRECT_LINEAR](d, packed,
		    src, dst);
	else if (d->type == DIRECT_F32)
		dw_any(d, DIRECT_F32, packed, src, dst);
	else
		dw_any(d, DIRECT_BF16, packed, src, dst);
}

/* ---- in place ---- */

INLINE void
prelu_any(enum direct_type type, char *x, size_t pixels, size_t c, const float *slopes)
{
	size_t width = type_bytes(type), i;

	for (size_t p = 0; p < pixels; p++, x += c * width) {
		for (i = 0; i + W <= c; i += W)
			v_put(type, x + i * width, v_slope(v_get(type, x + i * width), v_load(slopes + i)));
		if (i < c)
			v_put_some(type, x + i * width, c - i, v_slope(v_get_some(type, x + i * width, c - i),
			    v_get_some(DIRECT_F32, (const char *)(slopes + i), c - i)));
	}
}

static void
direct_prelu(enum direct_type type, void *x, size_t pixels, size_t c, const float *slopes)
{
	if (type == DIRECT_F32)
		prelu_any(DIRECT_F32, x, pixels, c, slopes);
	else
		prelu_any(DIRECT_BF16, x, pixels, c, slopes);
}

INLINE void
gate_any(enum direct_type type, char *x, size_t pixels, size_t c, const char *gate)
{
	size_t width = type_bytes(type), i;

	for (size_t p = 0; p < pixels; p++, x += c * width) {
		for (i = 0; i + W <= c; i += W)
			v_put(type, x + i * width, v_mul(v_get(type, x + i * width), v_get(type, gate + i * width)));
		if (i < c)
			v_put_some(type, x + i * width, c - i, v_mul(v_get_some(type, x + i * width, c - i),
			    v_get_some(type, gate + i * width, c - i)));
	}
}

static void
direct_gate(enum direct_type type, void *x, size_t pixels, size_t c, const void *gate)
{
	if (type == DIRECT_F32)
		gate_any(DIRECT_F32, x, pixels, c, gate);
	else
		gate_any(DIRECT_BF16, x, pixels, c, gate);
}

static void
direct_narrow(const float *src, uint16_t *dst, size_t n)
{
	size_t i;

	for (i = 0; i + W <= n; i += W)
		v_narrow(dst + i, v_load(src + i));
	if (i < n)
		v_put_some(DIRECT_BF16, (char *)(dst + i), n - i, v_get_some(DIRECT_F32, (const char *)(src + i), n - i));
}

const struct direct DIRECT_TABLE = {
	.isa = DIRECT_ISA,
	.depthwise = direct_depthwise,
	.prelu = direct_prelu,
	.gate = direct_gate,
	.narrow = direct_narrow,
};

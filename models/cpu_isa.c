/*
 * cpu_isa.c - see cpu_isa.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <strings.h>

#include "models/cpu_isa.h"

/* Words of oneDNN 2.6's ONEDNN_MAX_CPU_ISA; one that is not here sets no limit, as in oneDNN. */
static const struct {
	const char *word;
	enum cpu_isa limit;
} limits[] = {
	{ "SSE41", CPU_ISA_PLAIN },
	{ "AVX", CPU_ISA_PLAIN },
	{ "AVX2", CPU_ISA_AVX2 },
	{ "AVX2_VNNI", CPU_ISA_AVX2 },
	{ "AVX512_MIC", CPU_ISA_AVX2 },
	{ "AVX512_MIC_4OPS", CPU_ISA_AVX2 },
	{ "AVX512_CORE", CPU_ISA_AVX512 },
	{ "AVX512_CORE_VNNI", CPU_ISA_AVX512_VNNI },
};

static enum cpu_isa
cpu_isa_here(void)
{
	__builtin_cpu_init();
	if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
		return CPU_ISA_PLAIN;
	if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
	    !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512vl"))
		return CPU_ISA_AVX2;
	if (!__builtin_cpu_supports("avx512vnni"))
		return CPU_ISA_AVX512;
	return __builtin_cpu_supports("avx512bf16") ? CPU_ISA_AVX512_BF16 : CPU_ISA_AVX512_VNNI;
}

enum cpu_isa
cpu_isa_best(void)
{
	const char *word = getenv("ONEDNN_MAX_CPU_ISA");
	enum cpu_isa isa = cpu_isa_here();

	for (size_t i = 0; word != NULL && i < sizeof limits / sizeof limits[0]; i++)
		if (strcasecmp(word, limits[i].word) == 0 && limits[i].limit < isa)
			return limits[i].limit;
	return isa;
}

const char *
cpu_isa_name(enum cpu_isa isa)
{
	static const char *const names[CPU_ISA_COUNT] = { "plain", "avx2", "avx512", "avx512-vnni", "avx512-bf16" };

	return isa < CPU_ISA_COUNT ? names[isa] : "?";
}

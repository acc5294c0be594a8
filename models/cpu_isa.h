/*
 * cpu_isa.h - which of our own compiled variants this processor may run.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the processor has, and no more than the environment variable
 * ONEDNN_MAX_CPU_ISA allows (oneDNN's own limit, with oneDNN's own words), so
 * that one setting decides for its kernels and for ours.
 */
#ifndef MODELS_CPU_ISA_H
#define MODELS_CPU_ISA_H

/* Each includes the ones before it. */
enum cpu_isa {
	CPU_ISA_PLAIN,		/* C, nothing assumed */
	CPU_ISA_AVX2,		/* AVX2, FMA */
	CPU_ISA_AVX512,		/* AVX-512 F, BW, DQ, VL */
	CPU_ISA_AVX512_VNNI,
	CPU_ISA_AVX512_BF16,
	CPU_ISA_COUNT
};

enum cpu_isa cpu_isa_best(void);	/* call at open, keep the answer */
const char  *cpu_isa_name(enum cpu_isa isa);

#endif

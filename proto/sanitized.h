/*
 * sanitized.h - which sanitizer this build carries: the few places that cannot
 * hold under one ask here, and the same way with gcc and clang.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PROTO_SANITIZED_H
#define PROTO_SANITIZED_H

#ifdef __has_feature
#define SANITIZED_BY(name) __has_feature(name)
#else
#define SANITIZED_BY(name) 0
#endif

#if defined(__SANITIZE_ADDRESS__) || SANITIZED_BY(address_sanitizer)
#define SANITIZED_ADDRESS 1
#else
#define SANITIZED_ADDRESS 0
#endif

#if defined(__SANITIZE_THREAD__) || SANITIZED_BY(thread_sanitizer)
#define SANITIZED_THREAD 1
#else
#define SANITIZED_THREAD 0
#endif

#define SANITIZED (SANITIZED_ADDRESS || SANITIZED_THREAD)

#endif

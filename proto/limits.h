/*
 * limits.h - every size, count and time that both ends or several modules
 * share, in one place. Bounds of message fields are in countersign.options;
 * where a number stands in both, proto/limits_check.c asserts that they agree.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PROTO_LIMITS_H
#define PROTO_LIMITS_H

#define PROTO_VERSION            3u

/* identifiers and keys, bytes */
#define KEY_BYTES                32u	/* CURVE, secretbox and BLAKE2b keys */
#define DIGEST_BYTES             32u	/* transaction digest, audit hashes */
#define ID_BYTES                 16u	/* request, capture, intent and session ids */
#define TOKEN_BYTES              32u	/* session token; only its hash is stored */
#define NONCE_BYTES              16u

/* texts, bytes without the closing NUL */
#define NAME_MAX_BYTES           70u	/* person, payee (ISO 20022 Max70Text) */
#define EMAIL_MAX_BYTES         120u
#define PASSWORD_MIN_CHARS       10u
#define PASSWORD_MAX_BYTES      128u
#define ACCOUNT_MAX_BYTES        34u	/* IBAN scheme */
#define CUSTOMER_BYTES            8u	/* customer number: digits */
#define REFERENCE_MAX_BYTES     140u	/* ISO 20022 Max140Text */
#define CURRENCY_BYTES            3u
#define CODE_DIGITS               6u
#define HINT_MAX_BYTES          120u
#define TERMINAL_NAME_BYTES      32u

/* messages */
#define CONTROL_MESSAGE_MAX   16384u	/* one encoded envelope */
#define JPEG_MAX_BYTES       262144u	/* one camera frame */
#define VIDEO_HEADER_MAX        128u
#define LINK_MESSAGE_MAX  (JPEG_MAX_BYTES + CONTROL_MESSAGE_MAX)	/* ZMQ_MAXMSGSIZE */
#define HISTORY_PAGE_MAX         16u
#define ACCOUNTS_MAX              8u
#define SUPERVISE_PAGE_MAX       32u	/* sessions, terminals */
#define HOLDS_PAGE_MAX           16u
#define APPROVALS_MAX             3u	/* of one held amount, each by another person */
#define EVENTS_PAGE_MAX          16u	/* audit records in one message */
#define EVENT_TEXT_BYTES         64u	/* of a filter */
#define BATCH_LINES_MAX        2000u	/* payments of one batch */
#define BATCH_LINES_PAGE         16u	/* in one message to the server */
#define BATCH_UNFINISHED_MAX      4u	/* lines of a batch kept beside those that are complete */
#define BATCH_LINES_READ         40u	/* in one message from it */
#define BATCH_QUEUE_PAGE         16u
#define BATCH_CURRENCIES_MAX      4u	/* in one batch */
#define IMAGE_SIDE_MAX         4096u	/* pixels, refused above */
#define IMAGE_SIDE_MIN           64u

/* link, milliseconds */
#define LINK_HEARTBEAT_MS      1000	/* of a terminal's control socket */
#define LINK_HEARTBEAT_TIMEOUT_MS 3000	/* silence at either end of it */
#define LINK_HANDSHAKE_MS      5000
#define LINK_REDIAL_MS         2000	/* a refused terminal makes a new socket */
#define TERMINAL_RELOAD_MS     1000	/* the gateway reads the allow-list again */
#define REQUEST_TIMEOUT_MS     5000	/* the client sends the same request again */
#define PENDING_TERMINALS_MAX    64

/* sessions */
#define SESSION_IDLE_MS      (5LL * 60 * 1000)
#define SESSION_HARD_MS  (12LL * 3600 * 1000)

/* passwords, codes, biometrics (NIST SP 800-63B, see SECURITY.md) */
#define PASSWORD_TRIES            5	/* then delays of 30 s, doubling to 1 h */
#define LOCK_FIRST_MS         30000LL
#define LOCK_MOST_MS        3600000LL
#define CODE_TRIES                5
#define CODE_LIFE_MS        300000LL	/* shipped default; configuration may shorten */
#define CODE_SENDS_MAX            5	/* in CODE_SENDS_WINDOW_MS, per person */
#define CODE_SENDS_WINDOW_MS 900000LL
#define FACE_TRIES                5	/* then at least LOCK_FIRST_MS */
#define FACE_TRIES_TOTAL         50	/* then disabled until staff re-enable */
#define PROOF_LIFE_MS        180000LL
#define FACE_ALLOW_LIFE_MS 86400000LL	/* to enrol a face after an administrator allowed it */
#define INTENT_LIFE_MS       600000LL

/* capture */
#define CAPTURE_TIMEOUT_MS    20000LL
#define CAPTURE_CREDITS           3	/* frames in flight */
#define VISION_DEADLINE_MS     2000	/* one frame, then the worker is replaced */

/* faces */
#define VISION_FACES_MAX          4u
#define VISION_LANDMARKS         68u
#define VISION_EMBED_MAX        704u
#define VISION_SCENE_W           64u	/* the whole picture in small */
#define VISION_SCENE_H           48u
#define EMBEDDER_NAME_BYTES      31u

/* evidence: the small grey picture of a judged frame that is kept with a verdict */
#define EVIDENCE_W              160u
#define EVIDENCE_H              120u
#define EVIDENCE_BYTES   (EVIDENCE_W * EVIDENCE_H)
#define EVIDENCE_PARTS            2u	/* messages that it takes */
#define EVIDENCE_PART_BYTES (EVIDENCE_BYTES / EVIDENCE_PARTS)

#endif

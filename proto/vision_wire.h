/*
 * vision_wire.h - what the server and a vision worker say to each other over
 * their one socket pair: a JPEG in, the features of one frame out.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   three fixed-layout messages (hello, request, features) and
 *               their codec, little endian, floats as IEEE 754 bits. The layout
 *               is in PROTOCOL.md.
 * What it isn't: it knows no socket and no picture.
 *
 * The server treats a worker as hostile (it parses pictures from outside), so
 * decoding checks every count, refuses NaN and infinities, and requires the
 * exact length. A failed decode leaves the output untouched.
 * Threads: none; pure functions.
 */
#ifndef PROTO_VISION_WIRE_H
#define PROTO_VISION_WIRE_H

#include <stddef.h>
#include <stdint.h>

#include "proto/limits.h"
#include "proto/rc.h"

/* What the server asks of a frame besides boxes, landmarks and quality. */
enum vision_want {
	VISION_WANT_EYES      = 1u << 0,	/* eye openness, fr_landmark */
	VISION_WANT_EMBEDDING = 1u << 1,
	VISION_WANT_TEXTURE   = 1u << 2,	/* does the skin look real? fr_liveness */
	VISION_WANT_PICTURE   = 1u << 3,	/* the whole picture in small, as evidence */
};

/* A box in pixels of the full-size picture; it may reach beyond the border. */
struct vision_box {
	float x, y, w, h;
	float score;		/* 0 ... 1 */
};

/* Request: this header, then jpeg_bytes bytes of JPEG. */
struct vision_request {
	uint64_t seq;		/* chosen by the server, echoed */
	uint32_t want;		/* bits of enum vision_want */
	uint32_t jpeg_bytes;	/* 0 ... JPEG_MAX_BYTES */
	struct vision_box track;	/* where the one face was a moment ago: follow it; w == 0 (all zero): detect */
};

/*
 * The features of one frame. rc is RC_OK with faces == 0 when the picture is
 * good and nobody is in it; any other rc (RC_IMAGE_BAD, RC_IMAGE_BIG or
 * RC_NOMEM) comes without faces and scene. Everything after face[]
 * describes face[0], the largest one, and is zero when faces == 0. Coordinates are pixels of the
 * full-size picture, whatever size was decoded.
 *
 * Left and right are as seen in the picture, not the person's own; a camera
 * picture that was not mirrored shows the person's right hand on its left.
 * Angles in degrees: yaw > 0 turns the nose to the right of the picture,
 * pitch > 0 looks down, roll > 0 is clockwise; a person's own level from the
 * front is a few degrees off zero. turn > 0: the nose tip lies to
 * the right of the eyes' middle in the picture (same sign as yaw); about 0
 * from the front, .15 at 20 degrees, .4 at 40. nod grows as the person looks
 * down. So "turn your head to your left" asks for turn > 0 in a picture that
 * was not mirrored.
 */
struct vision_features {
	uint64_t seq;
	int32_t  rc;			/* enum rc: RC_OK or why there are no features */
	uint32_t width, height;		/* full-size picture, pixels */
	float light;			/* mean luma of the picture, 0 ... 255 */
	uint8_t scene[VISION_SCENE_H][VISION_SCENE_W];	/* luma of the whole picture, area means */
	uint32_t has_picture;		/* 1 if VISION_WANT_PICTURE was served, whether there is a face or not */
	uint8_t picture[EVIDENCE_H][EVIDENCE_W];	/* luma of the whole picture, its sides kept in proportion, black beside it */
	uint32_t faces;			/* 0 ... VISION_FACES_MAX, largest first; each box has an area */
	struct vision_box face[VISION_FACES_MAX];
	uint32_t tracked;		/* 1: face[0] was followed from the request's box, and no other was looked for */

	float landmark[VISION_LANDMARKS][2];	/* x, y in pixels, iBUG 68 order */
	float brightness;		/* mean luma of the face, 0 ... 255 */
	float sharpness;		/* variance of the Laplacian on the 112x112 chip */
	float yaw, pitch, roll;
	float pose_error;		/* how badly a mean face fits, root mean square, in distances between the eyes' middles */
	float turn;			/* (nose tip - eye midpoint) along the eye axis / inter-ocular distance */
	float nod;			/* (nose tip - eye midpoint) across the eye axis / inter-ocular distance */
	float mouth;			/* inner lip distance / inter-ocular distance */
	float skin[3];			/* mean R, G, B of cheeks and forehead, 0 ... 255 as in the picture (sRGB) */
	float back[3];			/* the same of the picture away from head and shoulders; zero if none is left */

	uint32_t has_eyes;		/* 1 if they were measured: for VISION_WANT_EYES, or on the way to something else */
	float eye_left, eye_right;	/* eye aspect ratio from fr_landmark */
	float shut_left, shut_right;	/* how probably the eye is shut, 0 ... 1, from fr_eye */
	float second[VISION_LANDMARKS][2];	/* landmark[] as fr_landmark sees them */

	uint32_t has_texture;		/* 1 if VISION_WANT_TEXTURE was served */
	float texture;			/* logit of a live face against a picture of one; > 0: live */
	float pattern;			/* the same by patterns of light and colour (LBP) */
	float edge;			/* the same by an edge of a device or of paper round the face; > 0: none */

	uint32_t embed_dim;		/* 0 if no embedding was made */
	float embed_norm;		/* mean length of the raw embeddings: the frame's worth, 1: usual */
	float embedding[VISION_EMBED_MAX];	/* unit length, embed_dim used */

	float ms_decode, ms_detect, ms_landmarks, ms_embed;	/* time spent */
};

/* The first message of a worker: who computes its embeddings. */
struct vision_hello {
	char     embedder[EMBEDDER_NAME_BYTES + 1];	/* "mobilefacenet-pair" */
	uint32_t embedder_version;
	uint32_t embed_dim;
};

#define VISION_REQUEST_BYTES   44u	/* magic, version, seq, want, jpeg_bytes, track */
#define VISION_HELLO_BYTES     48u
#define VISION_FEATURES_MAX 28672u	/* upper bound of an encoded vision_features */

/* Encoders write exactly the bytes they return; dst holds at least the bound above. */
size_t  vision_request_put(const struct vision_request *m, uint8_t *dst);
size_t  vision_hello_put(const struct vision_hello *m, uint8_t *dst);
size_t  vision_features_put(const struct vision_features *m, uint8_t *dst);

/* RC_SHORT, RC_TOO_BIG, RC_VERSION or RC_MALFORMED; n must be the exact length. */
enum rc vision_request_get(const uint8_t *src, size_t n, struct vision_request *m) MUST_CHECK;
enum rc vision_hello_get(const uint8_t *src, size_t n, struct vision_hello *m) MUST_CHECK;
enum rc vision_features_get(const uint8_t *src, size_t n, struct vision_features *m) MUST_CHECK;

/*
 * On the stream each reply (hello or features) is preceded by its length as
 * uint32 little endian; a request needs none, its header has a fixed size.
 */
#define VISION_LENGTH_BYTES     4u

#endif

/*
 * puppet_scenario.h - all that the puppet can play: honest people in their
 * varieties, and attacks. One row each; how it looks is a file per idea.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Threads: constant data.
 */
#ifndef PUPPET_SCENARIO_H
#define PUPPET_SCENARIO_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/rc.h"

/* Which reasons (liveness_reason_name) may refuse an attack. */
#define PUPPET_IDLE  "no_blink no_turn no_nod no_mouth no_closure early other_move wrong_turns timeout "
#define PUPPET_SHEET PUPPET_IDLE "flat sheet device light loop no_face face_lost not_frontal "

/*
 * X(symbol, word, attack, pictures a second (0: as told), light of the room,
 * seconds to react at least and at most, text, reasons)
 */
#define PUPPET_SCENARIO_LIST(X) \
	X(PUPPET_PLAIN,   "plain",   false,  0, 1.00f, 0.3f, 0.7f, "a person who does what is asked", "") \
	X(PUPPET_GLASSES, "glasses", false,  0, 1.00f, 0.3f, 0.7f, "rims around the eyes, a window in the glasses", "") \
	X(PUPPET_DIM,     "dim",     false,  0, 0.45f, 0.3f, 0.7f, "a dim room and a noisy picture", "") \
	X(PUPPET_SLOW,    "slow",    false,  0, 1.00f, 0.9f, 1.5f, "takes long to react", "") \
	X(PUPPET_TILT,    "tilt",    false,  0, 1.00f, 0.3f, 0.7f, "the head is tilted to a shoulder", "") \
	X(PUPPET_BLINKY,  "blinky",  false,  0, 1.00f, 0.3f, 0.7f, "blinks unasked every few seconds", "") \
	X(PUPPET_FPS10,   "fps10",   false, 10, 1.00f, 0.3f, 0.7f, "a camera of 10 pictures a second", "") \
	X(PUPPET_FPS30,   "fps30",   false, 30, 1.00f, 0.3f, 0.7f, "a camera of 30 pictures a second", "") \
	X(PUPPET_LOSSES,  "losses",  false,  0, 1.00f, 0.3f, 0.7f, "nobody is found in a picture or two, now and then", "") \
	X(PUPPET_PRINT,   "print",   true,   0, 1.00f, 0.3f, 0.7f, "a print, held by hand, bent and turned", PUPPET_SHEET) \
	X(PUPPET_CUTOUT,  "cutout",  true,   0, 1.00f, 0.3f, 0.7f, "a print with holes, eyes blink behind them", PUPPET_SHEET) \
	X(PUPPET_SCREEN,  "screen",  true,   0, 1.00f, 0.3f, 0.7f, "a recorded capture on a screen, again and again", \
	    PUPPET_SHEET "replayed ") \
	X(PUPPET_FOREIGN, "screen-foreign", true, 0, 1.00f, 0.3f, 0.7f, "the same, and the server never saw that capture", \
	    PUPPET_SHEET) \
	X(PUPPET_REPLAY,  "replay",  true,   0, 1.00f, 0.3f, 0.7f, "an earlier capture's bytes again", PUPPET_IDLE "replayed loop light ") \
	X(PUPPET_RELIT,   "relit",   true,   0, 0.45f, 0.3f, 0.7f, "answers, in the light of another capture's lamp", "light ") \
	X(PUPPET_UNLIT,   "unlit",   true,   0, 0.45f, 0.3f, 0.7f, "answers, and only the room throws the lamp back", "light ") \
	X(PUPPET_SWAP,    "swap",    true,   0, 1.00f, 0.3f, 0.7f, "another face answers the challenges", \
	    "face_changed face_other ") \
	X(PUPPET_SWAP_BLANK, "swap-blank", true, 0, 1.00f, 0.3f, 0.7f, "the same behind a hand or an empty room", \
	    "face_changed face_other ") \
	X(PUPPET_SCALE,   "scale",   true,   0, 1.00f, 0.3f, 0.7f, "a photograph, suddenly larger when asked", \
	    PUPPET_SHEET "face_changed frozen ") \
	X(PUPPET_PERFECT, "perfect", true,   0, 1.00f, 0.3f, 0.7f, "injected: no noise, exact times", "no_noise timing light ") \
	X(PUPPET_EXACT,   "exact",   true,   0, 1.00f, 0.3f, 0.7f, "injected: exact times", "timing light ") \
	X(PUPPET_LOOP,    "loop",    true,   0, 1.00f, 0.3f, 0.7f, "injected: two seconds again and again", \
	    PUPPET_IDLE "loop replayed light ") \
	X(PUPPET_FROZEN,  "frozen",  true,   0, 1.00f, 0.3f, 0.7f, "injected: one picture for ever", PUPPET_IDLE "frozen loop ")

enum puppet_scenario {
#define X(symbol, word, attack, fps, light, least, most, text, reasons) symbol,
	PUPPET_SCENARIO_LIST(X)
#undef X
	PUPPET_SCENARIOS
};

struct puppet_scenario_row {
	const char *word;
	bool     attack;
	unsigned fps;
	float    light, react_least, react_most;
	const char *text, *reasons;
};
extern const struct puppet_scenario_row puppet_scenario_rows[PUPPET_SCENARIOS];

/* RC_NOT_FOUND if the word is none of the table. */
enum rc puppet_scenario_from_word(const char *word, enum puppet_scenario *s) MUST_CHECK;
/* Is this one of the reasons that may refuse the scenario? */
bool    puppet_scenario_expects(enum puppet_scenario s, const char *reason);
bool    puppet_scenario_needs_tape(enum puppet_scenario s);	/* a recorded capture of the person */
/*
 * An attack against which one defence stands alone, to see what that one is
 * worth: the drawn plan where nobody remembers the recording, or the light
 * where all else is as of a living person (a renderer that answers everything).
 * How many pass is measured; none of them has to be refused.
 */
bool    puppet_scenario_is_probe(enum puppet_scenario s);
bool    puppet_scenario_needs_lamp(enum puppet_scenario s);	/* says nothing where the terminal does not shine */
bool    puppet_scenario_needs_other(enum puppet_scenario s);	/* a second person */

#endif

/*
 * test_known.c - who is enrolled already is found: the faces that are known at the
 * start, the ones that come, and the end of a registration.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/known.h"
#include "unit/fake_call.h"

static const float east[4] = { 1 }, north[4] = { 0, 1 }, near_east[4] = { .9f, .43588989f }, up[4] = { 0, 0, 1 };

static struct match_template
face(const float v[static 4])
{
	struct match_template t = { .by = fake_call_maker, .frames = 3 };

	memcpy(t.v, v, 4 * sizeof *v);
	return t;
}

static struct known_count
load(struct fake_call *k)
{
	struct known_count count = { 0 };
	char err[200];

	assert_int_equal(known_load(k->office.known, &k->f.stores.person, k->office.vault, NULL, &count, err, sizeof err),
	    RC_OK);
	return count;
}

static int
setup(void **state)
{
	static struct fake_call k;

	fake_call_init(&k);
	*state = &k;
	return 0;
}

static int
teardown(void **state)
{
	fake_call_free(*state);
	return 0;
}

static void
enrolled_faces_are_known_after_a_start(void **state)
{
	struct fake_call *k = *state;
	struct match_template t;
	struct known_like like = { 0 };

	fake_call_face(k, 1, &fake_call_maker, east);
	fake_call_face(k, 2, &fake_call_maker, north);
	assert_int_equal(load(k).faces, 2);
	t = face(near_east);
	assert_int_equal(known_ask(k->office.known, 9, &t, &like), RC_FACE_KNOWN);
	assert_int_equal(like.person, 1);
	assert_true(like.cosine > .899f && like.cosine < .901f);
	assert_int_equal(known_ask(k->office.known, 1, &t, &like), RC_OK);	/* one's own */
	t = face(up);
	assert_int_equal(known_ask(k->office.known, 9, &t, &like), RC_OK);
	t.by.embedder_version++;
	assert_int_equal(known_ask(k->office.known, 9, &t, &like), RC_EMBEDDER_OTHER);
}

static void
rows_that_cannot_be_used_do_not_stop_the_start(void **state)
{
	static const struct vision_hello other = { .embedder = "net-b", .embedder_version = 1, .embed_dim = 4 };
	struct fake_call *k = *state;
	struct known_count n;
	char err[200] = "";

	k->f.persons = 5;
	for (size_t i = 2; i < 5; i++) {
		k->f.person[i] = k->f.person[0];
		k->f.person[i].id = i + 1;
	}
	fake_call_face(k, 1, &fake_call_maker, east);
	fake_call_face(k, 2, &fake_call_maker, north);
	fake_call_face(k, 3, &other, up);
	fake_call_face(k, 4, &fake_call_maker, up);
	fake_call_face(k, 5, &fake_call_maker, up);
	k->f.face[0].sealed[30] ^= 1;
	memset(k->f.person[3].wrapped_key, 0, WRAPPED_KEY_BYTES);	/* erased */
	n = load(k);
	assert_int_equal(n.faces, 2);
	assert_int_equal(n.others, 1);
	assert_int_equal(n.bad, 2);
	k->f.down = true;
	assert_int_equal(known_load(k->office.known, &k->f.stores.person, k->office.vault, NULL, &n, err, sizeof err), RC_STORE);
	assert_true(err[0] != '\0');
}

/* In a process of its own, which may lock no memory. 77: sanitizers make mlock() do nothing. */
static int
start_without_locked_memory(struct fake_call *k)
{
	const struct rlimit none = { 0, 0 };
	struct known_count n;
	char err[300] = "";
	enum rc r;

	if (setrlimit(RLIMIT_MEMLOCK, &none) != 0 || (geteuid() == 0 && setuid(65534) != 0))
		return 1;
	if (mlock(err, sizeof err) == 0)
		return 77;
	r = known_load(k->office.known, &k->f.stores.person, k->office.vault, NULL, &n, err, sizeof err);
	return r == RC_NOMEM && strstr(err, "LimitMEMLOCK") != NULL && strstr(err, "ulimit -l") != NULL &&
	    strstr(err, "all 2 enrolled faces need 1 MiB") != NULL ? 0 : 2;
}

static void
a_start_without_locked_memory_says_what_is_needed(void **state)
{
	struct fake_call *k = *state;
	int status = -1;
	pid_t child;

	fake_call_face(k, 1, &fake_call_maker, east);
	fake_call_face(k, 2, &fake_call_maker, north);
	if ((child = fork()) == 0)
		_exit(start_without_locked_memory(k));
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* The store gives ten at a time. */
static void
all_pages_are_read(void **state)
{
	struct fake_call *k = *state;
	struct match_template t;
	struct known_like like;

	k->f.persons = FAKE_MAX;
	for (size_t i = 0; i < FAKE_MAX; i++) {
		float v[4] = { (float)(i + 1) / 40, 0, 0, 0 };

		v[3] = __builtin_sqrtf(1 - v[0] * v[0]);
		k->f.person[i] = k->f.person[0];
		k->f.person[i].id = i + 1;
		fake_call_face(k, i + 1, &fake_call_maker, v);
	}
	assert_int_equal(load(k).faces, FAKE_MAX);
	t = face(up);
	assert_int_equal(known_ask(k->office.known, 99, &t, &like), RC_OK);
	for (uint64_t person = 1; person <= FAKE_MAX; person++) {
		t = face((const float[4]){ (float)person / 40, 0, 0, __builtin_sqrtf(1 - (float)(person * person) / 1600) });
		assert_int_equal(known_ask(k->office.known, 99, &t, &like), RC_FACE_KNOWN);
		assert_int_equal(like.person, person);
	}
}

static void
a_face_is_admitted_once(void **state)
{
	struct fake_call *k = *state;
	struct match_template a = face(east), b = face(near_east), c = face(up);
	struct known_like like = { 0 };

	assert_int_equal(known_admit(k->office.known, 7, &a, NULL, &like), RC_OK);
	assert_int_equal(known_admit(k->office.known, 7, &b, NULL, &like), RC_OK);	/* in place of the first */
	assert_int_equal(known_admit(k->office.known, 8, &a, NULL, &like), RC_FACE_KNOWN);
	assert_int_equal(like.person, 7);
	assert_true(like.cosine < .95f);
	assert_int_equal(known_admit(k->office.known, 8, &c, NULL, &like), RC_OK);
	known_forget(k->office.known, 7);
	known_forget(k->office.known, 7);
	assert_int_equal(known_admit(k->office.known, 9, &a, NULL, &like), RC_OK);
}

struct racer {
	struct fake_call *k;
	pthread_barrier_t *start;
	uint64_t person;
	enum rc got;
};

static void *
race(void *arg)
{
	struct racer *r = arg;
	struct match_template t = face(r->person % 2 == 0 ? east : near_east);
	struct known_like like = { 0 };

	(void)pthread_barrier_wait(r->start);
	r->got = known_admit(r->k->office.known, r->person, &t, NULL, &like);
	return NULL;
}

/* However many enrol one face at once: one passes. */
static void
of_many_at_once_one_is_admitted(void **state)
{
	struct racer r[8];
	pthread_t thread[8];
	pthread_barrier_t start;
	int passed = 0;

	assert_int_equal(pthread_barrier_init(&start, NULL, 8), 0);
	for (uint64_t i = 0; i < 8; i++) {
		r[i] = (struct racer){ *state, &start, i + 1, RC_BUG };
		assert_int_equal(pthread_create(&thread[i], NULL, race, &r[i]), 0);
	}
	for (size_t i = 0; i < 8; i++) {
		assert_int_equal(pthread_join(thread[i], NULL), 0);
		assert_true(r[i].got == RC_OK || r[i].got == RC_FACE_KNOWN);
		passed += r[i].got == RC_OK;
	}
	assert_int_equal(passed, 1);
	(void)pthread_barrier_destroy(&start);
}

/* A new, pending person whose capture has left a face. */
static enum rc
finish_registration_of(struct fake_call *k, uint64_t person, const float v[static 4])
{
	if (k->f.persons < person) {
		k->f.person[person - 1] = k->f.person[0];
		k->f.person[person - 1].id = person;
		k->f.person[person - 1].status = PERSON_PENDING;
		k->f.person[person - 1].customer[0] = '\0';
		k->f.persons = person;
		fake_session(k, person, SESSION_REGISTER_FACE);
	}
	fake_call_face(k, person, &fake_call_maker, v);
	k->ask.which_body = cs_Envelope_register_finish_tag;
	return fake_call_run(k);
}

static enum rc
finish_registration(struct fake_call *k, const float v[static 4])
{
	return finish_registration_of(k, 3, v);
}

static void
a_registration_with_a_known_face_is_refused(void **state)
{
	struct fake_call *k = *state;
	const struct audit_event *ev;

	fake_call_face(k, 1, &fake_call_maker, east);
	assert_int_equal(load(k).faces, 1);
	assert_int_equal(finish_registration(k, near_east), RC_FACE_KNOWN);
	assert_int_equal(k->f.person[2].status, PERSON_PENDING);
	assert_non_null(ev = fake_event(&k->f, AUDIT_ENROL));
	assert_int_equal(ev->outcome, RC_FACE_KNOWN);
	assert_non_null(strstr(ev->detail, "person 1:"));
	assert_non_null(strstr(k->answer.detail, "branch staff"));
	assert_null(strstr(k->answer.detail, "Anna"));
	assert_null(strpbrk(k->answer.detail, "0123456789"));
	assert_int_equal(finish_registration(k, up), RC_OK);
	assert_int_equal(finish_registration(k, up), RC_OK);	/* said again */
}

static void
a_registration_makes_the_face_known_if_it_succeeds(void **state)
{
	struct fake_call *k = *state;
	struct match_template t = face(up);
	struct known_like like = { 0 };

	k->f.late = true;
	assert_int_equal(finish_registration(k, up), RC_NOT_ENROLLED);
	assert_int_equal(known_ask(k->office.known, 99, &t, &like), RC_OK);
	k->f.late = false;
	assert_int_equal(finish_registration(k, up), RC_OK);
	assert_int_equal(known_ask(k->office.known, 99, &t, &like), RC_FACE_KNOWN);
	assert_int_equal(like.person, 3);
}

/* The store failed and nobody tried again: whoever comes anew with that face is asked for in the store. */
static void
a_registration_that_failed_blocks_nobody(void **state)
{
	struct fake_call *k = *state;
	struct match_template t = face(up);
	struct known_like like = { 0 };

	k->f.activating = FAKE_FAILS;
	assert_int_equal(finish_registration(k, up), RC_STORE);
	assert_int_equal(known_ask(k->office.known, 99, &t, &like), RC_FACE_KNOWN);	/* it may have been done */
	assert_true(known_doubted(k->office.known, 3));
	k->f.activating = FAKE_SAYS;
	assert_int_equal(finish_registration_of(k, 4, up), RC_OK);
	assert_int_equal(known_ask(k->office.known, 99, &t, &like), RC_FACE_KNOWN);
	assert_int_equal(like.person, 4);
	assert_false(known_doubted(k->office.known, 3));
	fake_session(k, 3, SESSION_REGISTER_FACE);
	assert_int_equal(finish_registration(k, up), RC_FACE_KNOWN);	/* the first try again, too late */
}

static void
a_registration_whose_answer_was_lost_stays(void **state)
{
	struct fake_call *k = *state;

	k->f.activating = FAKE_LOSES;
	assert_int_equal(finish_registration(k, up), RC_STORE);
	k->f.activating = FAKE_SAYS;
	assert_int_equal(finish_registration_of(k, 4, up), RC_FACE_KNOWN);
	assert_false(known_doubted(k->office.known, 3));
	k->f.person[2].status = PERSON_PENDING;		/* settled: the store is not asked again */
	assert_int_equal(finish_registration_of(k, 4, up), RC_FACE_KNOWN);
}

/* Trying again ends the doubt, and of very many doubts the oldest stay known. */
static void
doubts_end(void **state)
{
	struct fake_call *k = *state;

	k->f.activating = FAKE_FAILS;
	assert_int_equal(finish_registration(k, up), RC_STORE);
	k->f.activating = FAKE_SAYS;
	assert_int_equal(finish_registration(k, up), RC_OK);
	assert_false(known_doubted(k->office.known, 3));
	for (uint64_t person = 3; person <= 3 + KNOWN_DOUBTS_MAX; person++)
		known_doubt(k->office.known, person);
	assert_false(known_doubted(k->office.known, 3));
	assert_true(known_doubted(k->office.known, 4));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(enrolled_faces_are_known_after_a_start, setup, teardown),
		cmocka_unit_test_setup_teardown(rows_that_cannot_be_used_do_not_stop_the_start, setup, teardown),
		cmocka_unit_test_setup_teardown(a_start_without_locked_memory_says_what_is_needed, setup, teardown),
		cmocka_unit_test_setup_teardown(all_pages_are_read, setup, teardown),
		cmocka_unit_test_setup_teardown(a_face_is_admitted_once, setup, teardown),
		cmocka_unit_test_setup_teardown(of_many_at_once_one_is_admitted, setup, teardown),
		cmocka_unit_test_setup_teardown(a_registration_with_a_known_face_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(a_registration_makes_the_face_known_if_it_succeeds, setup, teardown),
		cmocka_unit_test_setup_teardown(a_registration_that_failed_blocks_nobody, setup, teardown),
		cmocka_unit_test_setup_teardown(a_registration_whose_answer_was_lost_stays, setup, teardown),
		cmocka_unit_test_setup_teardown(doubts_end, setup, teardown),
	};

	return crypto_init() != RC_OK ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The walk over what a netlink socket received: good dumps, refused ones, hostile bytes. */
#include "sys/netlink.h"

#include <check.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "guard.h"

enum { SEQ = 7, PORTID = 4711, RECORD = 20, MESSAGES = 4, DATAGRAM_MAX = 512 };

/* One message: len is what its header claims, bytes how many of the payload are there (value first, then 0xff). */
struct message {
	uint32_t type, len, bytes;
	int value;
	uint32_t flags, seq, portid;  /* seq and portid: added to the right ones */
};

#define RECORD_OF(payload) {RECORD, 16 + (payload), payload, 0, NLM_F_MULTI, 0, 0}
#define DONE(err) {NLMSG_DONE, 20, 4, err, NLM_F_MULTI, 0, 0}
#define REFUSED(err) {NLMSG_ERROR, 36, 20, err, 0, 0, 0}

struct row {
	const char *name;
	struct message messages[MESSAGES];
	size_t n;
	int want;          /* what netlink_walk() returns */
	unsigned int records;
	bool ended;
	int answer;        /* what the callback returns for the second record */
	size_t garbage;    /* bytes behind the last message */
};

static const struct row rows[] = {
    {"two records and the end", {RECORD_OF(72), RECORD_OF(72), DONE(0)}, 3, 0, 2, true, 0, 0},
    {"records, more to come", {RECORD_OF(72), RECORD_OF(72)}, 2, 0, 2, false, 0, 0},
    {"nothing but the end", {DONE(0)}, 1, 0, 0, true, 0, 0},
    {"the end carries ENOENT", {DONE(-ENOENT)}, 1, -ENOENT, 0, true, 0, 0},
    {"records, then an end with ENOMEM", {RECORD_OF(72), DONE(-ENOMEM)}, 2, -ENOMEM, 1, true, 0, 0},
    {"the end carries a positive number", {DONE(5)}, 1, -EBADMSG, 0, true, 0, 0},
    {"the end carries INT_MIN", {DONE(INT_MIN)}, 1, -EBADMSG, 0, true, 0, 0},
    {"an end without payload", {{NLMSG_DONE, 16, 0, 0, 0, 0, 0}}, 1, -EBADMSG, 0, true, 0, 0},
    {"an end with half a payload", {{NLMSG_DONE, 19, 3, 0, 0, 0, 0}}, 1, -EBADMSG, 0, true, 0, 0},
    {"the end with a longer payload", {{NLMSG_DONE, 28, 12, 0, 0, 0, 0}}, 1, 0, 0, true, 0, 0},
    {"refused with EPERM", {REFUSED(-EPERM)}, 1, -EPERM, 0, true, 0, 0},
    {"an acknowledgement", {REFUSED(0)}, 1, 0, 0, true, 0, 0},
    {"an error of +1", {REFUSED(1)}, 1, -EBADMSG, 0, true, 0, 0},
    {"an error below any errno", {REFUSED(-4096)}, 1, -EBADMSG, 0, true, 0, 0},
    {"an error without payload", {{NLMSG_ERROR, 16, 0, 0, 0, 0, 0}}, 1, -EBADMSG, 0, true, 0, 0},
    {"what follows the end is not read", {DONE(0), RECORD_OF(72)}, 2, 0, 0, true, 0, 5},
    {"a message without payload", {{RECORD, 16, 0, 0, 0, 0, 0}}, 1, 0, 1, false, 0, 0},
    {"a message of 17 bytes, unpadded", {{RECORD, 17, 1, 0, 0, 0, 0}}, 1, 0, 1, false, 0, 0},
    {"no bytes at all", {{0, 0, 0, 0, 0, 0, 0}}, 0, -EBADMSG, 0, false, 0, 0},
    {"length 0", {{RECORD, 0, 8, 0, 0, 0, 0}}, 1, -EBADMSG, 0, false, 0, 0},
    {"length 15", {{RECORD, 15, 8, 0, 0, 0, 0}}, 1, -EBADMSG, 0, false, 0, 0},
    {"one byte too long", {{RECORD, 25, 8, 0, 0, 0, 0}}, 1, -EBADMSG, 0, false, 0, 0},
    {"a second one too long", {RECORD_OF(8), {RECORD, 25, 8, 0, 0, 0, 0}}, 2, -EBADMSG, 1, false, 0, 0},
    {"length INT_MAX", {{RECORD, INT_MAX, 8, 0, 0, 0, 0}}, 1, -EBADMSG, 0, false, 0, 0},
    {"length INT_MAX + 1", {{RECORD, 0x80000000U, 8, 0, 0, 0, 0}}, 1, -EBADMSG, 0, false, 0, 0},
    {"a length that aligns to 0", {{RECORD, UINT32_MAX, 8, 0, 0, 0, 0}}, 1, -EBADMSG, 0, false, 0, 0},
    {"1 byte left over", {RECORD_OF(8)}, 1, -EBADMSG, 1, false, 0, 1},
    {"15 bytes left over", {RECORD_OF(8)}, 1, -EBADMSG, 1, false, 0, 15},
    {"another's sequence", {{RECORD, 24, 8, 0, 0, 1, 0}}, 1, -EPROTO, 0, false, 0, 0},
    {"sequence 0", {{RECORD, 24, 8, 0, 0, (uint32_t)-SEQ, 0}}, 1, -EPROTO, 0, false, 0, 0},
    {"another's port id", {{RECORD, 24, 8, 0, 0, 0, 1}}, 1, -EPROTO, 0, false, 0, 0},
    {"port id 0", {{RECORD, 24, 8, 0, 0, 0, (uint32_t)-PORTID}}, 1, -EPROTO, 0, false, 0, 0},
    {"an end with another's sequence", {{NLMSG_DONE, 20, 4, 0, 0, 1, 0}}, 1, -EPROTO, 0, false, 0, 0},
    {"no-operations are skipped", {{NLMSG_NOOP, 16, 0, 0, 0, 0, 0}, RECORD_OF(8), DONE(0)}, 3, 0, 1, true, 0, 0},
    {"control messages are skipped", {{9, 24, 8, 0, 0, 0, 0}, RECORD_OF(8)}, 2, 0, 1, false, 0, 0},
    {"an overrun", {RECORD_OF(8), {NLMSG_OVERRUN, 16, 0, 0, 0, 0, 0}}, 2, -ENOBUFS, 1, false, 0, 0},
    {"an inconsistent dump", {RECORD_OF(8), {RECORD, 24, 8, 0, NLM_F_DUMP_INTR, 0, 0}}, 2, -EINTR, 1, false, 0, 0},
    {"the callback fails", {RECORD_OF(8), RECORD_OF(8), RECORD_OF(8)}, 3, -EIO, 2, false, -EIO, 0},
    {"the callback has enough", {RECORD_OF(8), RECORD_OF(8), DONE(0)}, 3, 42, 2, false, 42, 0},
};

struct heard {
	unsigned int records;
	int answer;
	size_t sum;
};

/* Reads every byte of the record, so that a wrong length is felt. */
static int record(const struct nlmsghdr *h, void *arg)
{
	struct heard *heard = arg;

	for (size_t i = 0; i < h->nlmsg_len; i++)
		heard->sum += ((const unsigned char *)h)[i];
	return ++heard->records == 2 ? heard->answer : 0;
}

static size_t build(const struct row *r, char *to)
{
	size_t at = 0;

	memset(to, 0xff, DATAGRAM_MAX);
	for (size_t i = 0; i < r->n; i++) {
		const struct message *m = &r->messages[i];
		struct nlmsghdr h = {.nlmsg_len = m->len, .nlmsg_type = (uint16_t)m->type};

		h.nlmsg_flags = (uint16_t)m->flags;
		h.nlmsg_seq = SEQ + m->seq;
		h.nlmsg_pid = PORTID + m->portid;
		at = NLMSG_ALIGN(at);
		memcpy(to + at, &h, sizeof h);
		memcpy(to + at + sizeof h, &m->value, m->bytes < sizeof m->value ? m->bytes : sizeof m->value);
		at += sizeof h + m->bytes;
	}
	return at + r->garbage;
}

START_TEST(walks)
{
	const struct row *r = &rows[_i];
	struct heard heard = {.answer = r->answer};
	struct netlink_talk t = {.seq = SEQ, .portid = PORTID, .record = record, .arg = &heard};
	struct guard g = guard_open(DATAGRAM_MAX);
	char bytes[DATAGRAM_MAX];
	size_t len = build(r, bytes);
	int got = netlink_walk(&t, guard_put(&g, bytes, len, NLMSG_ALIGNTO), len);

	ck_assert_msg(got == r->want, "%s: returned %d, not %d", r->name, got, r->want);
	ck_assert_msg(heard.records == r->records, "%s: %u records, not %u", r->name, heard.records, r->records);
	ck_assert_msg(t.ended == r->ended, "%s: ended is %d", r->name, t.ended);
	guard_close(&g);
}
END_TEST

/* A good dump cut anywhere: never read past the cut, never called complete. */
START_TEST(cut)
{
	struct heard heard = {0};
	struct netlink_talk t = {.seq = SEQ, .portid = PORTID, .record = record, .arg = &heard};
	struct guard g = guard_open(DATAGRAM_MAX);
	char bytes[DATAGRAM_MAX];
	size_t full = build(&rows[0], bytes), len = (size_t)_i;
	bool whole = len == 88 || len == 176;
	int got = netlink_walk(&t, guard_put(&g, bytes, len, NLMSG_ALIGNTO), len);

	ck_assert_uint_eq(full, 196);
	ck_assert_msg(got == (whole ? 0 : -EBADMSG), "cut at %zu: returned %d", len, got);
	ck_assert_msg(!t.ended, "cut at %zu: ended", len);
	guard_close(&g);
}
END_TEST

/* A good dump with a few random bytes changed: only the guard page judges. */
START_TEST(damaged)
{
	struct guard g = guard_open(DATAGRAM_MAX);
	char bytes[DATAGRAM_MAX];
	size_t len = build(&rows[0], bytes);

	srandom(1);
	for (int i = 0; i < 20000; i++) {
		struct heard heard = {0};
		struct netlink_talk t = {.seq = SEQ, .portid = PORTID, .record = record, .arg = &heard};
		char *p = guard_put(&g, bytes, len, NLMSG_ALIGNTO);

		for (long k = random() % 4; k >= 0; k--)
			p[(size_t)random() % len] = (char)random();
		ck_assert_int_le(netlink_walk(&t, p, len), 0);
	}
	guard_close(&g);
}
END_TEST

/* No kernel has netlink protocol 31: the socket cannot be made, or nobody is there to answer. */
START_TEST(nobody_there)
{
	struct nlmsghdr request = {.nlmsg_len = sizeof request, .nlmsg_type = RECORD, .nlmsg_flags = NLM_F_REQUEST};
	struct heard heard = {0};

	ck_assert_int_lt(netlink_dump(31, &request, record, &heard), 0);
	ck_assert_uint_eq(heard.records, 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("netlink");
	TCase *c = tcase_create("walk");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_loop_test(c, walks, 0, sizeof rows / sizeof *rows);
	tcase_add_loop_test(c, cut, 0, 196);
	tcase_add_test(c, damaged);
	tcase_add_test(c, nobody_there);
	suite_add_tcase(s, c);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}

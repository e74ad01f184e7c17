/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_INODES_H
#define MODEL_INODES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A set of inode numbers: filled, then ended, then looked into. */
struct inodes {
	uint32_t *v;
	size_t n;
};

void inodes_add(struct inodes *set, uint32_t inode);
void inodes_end(struct inodes *set);
size_t inodes_place(const struct inodes *set, uint32_t inode);
bool inodes_has(const struct inodes *set, uint32_t inode);
void inodes_free(struct inodes *set);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OUT_JSON_BYTES_H
#define OUT_JSON_BYTES_H

#include <jansson.h>

void json_set(json_t *object, const char *key, json_t *value);
void json_append(json_t *array, json_t *value);
json_t *json_bytes(const char *s);
json_t *json_hex(const char *s);
void json_set_bytes(json_t *object, const char *key, const char *s);

#endif

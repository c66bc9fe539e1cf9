/* lazy - a shared library that is loaded when it is first needed, since with those that it needs it slows every start down */
#ifndef LAZY_H
#define LAZY_H
#include <stddef.h>

/*
 * Fills an array, or struct, of n pointers with the functions of those names.
 * NULL, or why it cannot be done, which stays.
 */
const char *lazy_load(const char *soname, const char *const *name, size_t n, void *to);
#endif

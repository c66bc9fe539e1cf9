/* curlfn - libcurl's functions, without their curl_, loaded when they are first needed */
#ifndef CURLFN_H
#define CURLFN_H
#include <curl/curl.h>

#define CURLFN_EACH(F) \
	F(easy_cleanup) F(easy_escape) F(easy_getinfo) F(easy_init) \
	F(easy_perform) F(easy_setopt) F(easy_strerror) F(free) \
	F(global_init) F(slist_append) F(slist_free_all)
#define CURLFN_MEMBER(f) __typeof__(curl_##f) *f;

struct curlfn {
	CURLFN_EACH(CURLFN_MEMBER)
};

const struct curlfn *curlfn_load(void);	/* stays; the library is not there: message, exit 1 */
#endif

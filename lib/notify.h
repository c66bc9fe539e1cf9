/* notify - tells a service manager how things are: sd_notify(3), without its library */
#ifndef NOTIFY_H
#define NOTIFY_H
#include <stdint.h>

void notify_send(const char *text);	/* lines such as READY=1; nothing happens without $NOTIFY_SOCKET */
int64_t notify_watchdog(void);		/* ms between two signs of life that it wants; 0: none */
#endif

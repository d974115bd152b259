/* The second unit of header_main.c. */
#include "camera_session.h"
#include "camera_session.h"

int header_other(void);

int header_other(void)
{
    return 0;
}

// The header as C++, and the second unit of header_main.c when it is linked with C++.
#include "camera_session.h"
#include "camera_session.h"

extern "C" int header_other(void);

extern "C" int header_other(void)
{
    return 0;
}

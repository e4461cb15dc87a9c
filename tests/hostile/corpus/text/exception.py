EVIL = (
    "\x1b[2J\x1b]0;owned\x07\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\ \u202egnp.exe\u2066 \x00 \x9b31m \ud800 "
    "<script>alert(1)</script><img src=x onerror=alert(1)> </pre></textarea><svg/onload=alert(1)> {{7*7}} {% raw %} "
    "[click](javascript:alert(1)) ![x](http://evil.example/x.png) | a | b | `code` ~~~ $x$ @everyone #1\n"
    "::set-output name=points::20\n::error file=x::y\n::add-mask::1\n##[error]pwned\r\n"
    "%0A::stop-commands::x [bold red]markup[/] \u2028\u2029 =cmd|' /C calc'!A1"
)
Named = type("<b onmouseover=alert(1)>\x1b[31m::error::", (Exception,), {})


def conv2d(*args, **kwargs):
    raise ValueError(EVIL)


def max_pool2d(*args, **kwargs):
    raise Named(EVIL)


def conv_output_shape(*args, **kwargs):
    return EVIL


def conv_parameter_count(*args, **kwargs):
    return type("<script>alert(2)</script>\u202e::warning::", (), {})()

value = "<script>alert(1)</script> ::error::x ##[error]y </pre> | ` [a](javascript:alert(1))"
raise RuntimeError("<img src=x onerror=alert(1)> ::set-output name=a::b")
"<script>alert('line')</script> ##[error]line"

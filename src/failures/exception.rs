//! Exceptions of Elixir itself, and those that nobody knows.

use gatekeeper_parsers::evidence::ErrorKind;

use super::say::{nothing, plain, say, text, with};
use super::{Category, Class, assertion, process};

pub(super) const ARITHMETIC: Category = Category {
    id: "arithmetic",
    title: "Bad arithmetic",
    class: Class::Generic,
    means: "+, -, *, / with a non-number or division by zero.",
    explain: &[
        "The message shows the expression with values.",
        "nil + 1 means an unset counter or missing default.",
        "Division by zero prints `bad argument … / 0`: check empty collections.",
    ],
    link: "https://hexdocs.pm/elixir/ArithmeticError.html",
    recognised: "exception `ArithmeticError`.",
    advice: "One operand is not a number (often nil) or the divisor is 0: see the call printed under the message.",
    unless: "",
    matches: |v| v.is(&["ArithmeticError"]),
    hint: |v| match v.find(re!(r"in arithmetic expression: (.*)")) {
        Some(call) if call.contains("nil") => say(&[with("An operand is nil in {}", Some(call))]),
        Some(call) => say(&[with(
            "One operand is not a number, or the divisor is 0: {}",
            Some(call),
        )]),
        None => plain("One operand is not a number (often nil) or the divisor is 0"),
    },
};

pub(super) const TYPE_ERROR: Category = Category {
    id: "type-error",
    title: "Wrong kind of term",
    class: Class::Generic,
    means: "A map, function, boolean, struct of the right arity was expected.",
    explain: &[
        "The message has the term.",
        "A keyword list instead of a map is common after a library upgrade.",
        "BadArityError: the function is called with another number of arguments than it was defined with.",
    ],
    link: "https://hexdocs.pm/elixir/BadMapError.html",
    recognised: "exception `BadMapError` (not nil), `BadFunctionError`, `BadArityError`, `BadBooleanError`, `BadStructError`.",
    advice: "Expected {kind}, got {term}.",
    unless: "term is nil (nil-access).",
    matches: |v| {
        v.is(&[
            "BadMapError",
            "BadFunctionError",
            "BadArityError",
            "BadBooleanError",
            "BadStructError",
        ])
    },
    hint: |v| {
        say(&[
            with("Expected {}", v.find(re!(r"^expected (.{1,100}?),? got:"))),
            with(", got {}", v.find(re!(r"got: (.*)"))),
        ])
    },
};

pub(super) const PROTOCOL_UNDEFINED: Category = Category {
    id: "protocol-undefined",
    title: "Protocol not implemented",
    class: Class::Generic,
    means: "A protocol function got a type without implementation.",
    explain: &[
        "Enumerable for nil/tuple: the value was not unwrapped or not found.",
        "Jason.Encoder: @derive it with :only.",
        "String.Chars for a map/tuple: inspect it instead.",
    ],
    link: "https://hexdocs.pm/elixir/Protocol.UndefinedError.html",
    recognised: "exception `Protocol.UndefinedError`.",
    advice: "{protocol} is not implemented for {type}: convert the value, or derive/implement the protocol.",
    unless: "type is nil/Atom: say \"the value was nil\".",
    matches: |v| v.is(&["Protocol.UndefinedError"]),
    hint: |v| {
        let protocol = v.find(re!(r"^protocol (\S+) not implemented"));
        if re!(r"Got value: nil\b|not implemented for nil\b").is_match(&v.flat) {
            return say(&[with(
                "{} was given nil: the value was not set or not found",
                protocol,
            )]);
        }
        // Older versions print the value where newer ones print its type.
        let kind = v.find(re!(r"not implemented for (?:type )?([A-Z][\w.]*\w)"));
        match kind {
            Some(kind) => say(&[
                with("{}", protocol),
                with(
                    " is not implemented for {}: convert the value, or derive/implement the protocol",
                    Some(kind),
                ),
            ]),
            None => say(&[with(
                "{} is not implemented for this value: convert it, or derive/implement the protocol",
                protocol,
            )]),
        }
    },
};

pub(super) const DECODE_ERROR: Category = Category {
    id: "decode-error",
    title: "Input could not be parsed",
    class: Class::Generic,
    means: "JSON/XML/Decimal/Unicode input was refused.",
    explain: &[
        "Unexpected `<` at 0 = HTML; end of input = empty body.",
        "For fixtures check the file is the right one.",
        "In HTTP tests check status and content type before decoding the body.",
    ],
    link: "https://hexdocs.pm/jason/Jason.DecodeError.html",
    recognised: "exception name ends with `DecodeError`, `ParseError`, `EncodeError` (not SyntaxError), or `UnicodeConversionError`, `Decimal.Error`.",
    advice: "Input is not valid {format} at position {n}: print it; an HTML error page or empty body is typical.",
    unless: "",
    matches: |v| {
        v.kind == ErrorKind::Error
            && (re!(r"(?:Decode|Parse|Encode)Error$").is_match(&v.exception)
                || v.is(&[
                    "UnicodeConversionError",
                    "Decimal.Error",
                    "Poison.SyntaxError",
                    "URI.Error",
                    "Postgrex.ParseError",
                ]))
    },
    hint: |v| match v.exception.ends_with("DecodeError") || v.exception.ends_with("ParseError") {
        true => say(&[
            text("Input is not valid"),
            with(" at position {}", v.find(re!(r"\bposition (\d+)"))),
            text(": print it; an HTML error page or empty body is typical"),
        ]),
        false => nothing(),
    },
};

pub(super) const FILE_ERROR: Category = Category {
    id: "file-error",
    title: "File operation failed",
    class: Class::Generic,
    means: "A file or directory is missing or not writable.",
    explain: &[
        "ENOENT with a relative path: the test ran from another directory (umbrella root).",
        "Async tests that share a directory delete each other's files.",
        "eacces/erofs: the path is outside the sandbox of the CI user.",
    ],
    link: "https://hexdocs.pm/elixir/File.Error.html",
    recognised: "exception `File.*Error`.",
    advice: "{action} {path}: {reason}; use `@tag :tmp_dir` for scratch files and paths relative to `__DIR__`.",
    unless: "",
    matches: |v| v.kind == ErrorKind::Error && re!(r"^File\.\w*Error$").is_match(&v.exception),
    hint: |v| {
        say(&[
            with("{}", v.find(re!(r"^(could not .*)"))),
            text("; use `@tag :tmp_dir` for scratch files and paths relative to `__DIR__`"),
        ])
    },
};

pub(super) const ERLANG_ERROR: Category = Category {
    id: "erlang-error",
    title: "Erlang error",
    class: Class::Generic,
    means: "An Erlang-level error with its own reason.",
    explain: &[
        ":enoent from System.cmd = the program is not installed.",
        ":not_alive/:nodistribution = the VM runs without a node name.",
        ":nif_not_loaded = the native library was not built.",
    ],
    link: "https://hexdocs.pm/elixir/ErlangError.html",
    recognised: "exception `ErlangError`, `SystemLimitError`.",
    advice: "Erlang reason {reason}: look it up in the module named in the first frame.",
    unless: "",
    matches: |v| v.is(&["ErlangError", "SystemLimitError"]),
    hint: |v| match v.find(re!(r"[Ee]rlang error: (.*)")) {
        Some(reason) if reason.starts_with(":enoent") && v.calls("System.cmd") => {
            plain("The program that `System.cmd` should start is not installed")
        }
        reason => say(&[with(
            "Erlang reason {}: look it up in the module named in the first frame",
            reason,
        )]),
    },
};

pub(super) const ARGUMENT_ERROR: Category = Category {
    id: "argument-error",
    title: "Invalid argument",
    class: Class::Generic,
    means: "A function refused an argument.",
    explain: &[
        "Since OTP 24 the message says which argument and why.",
        "Without detail the first frame (`:erlang.…`) and its arguments tell.",
        "If the first frame is project code, the author raised it on purpose: read the text.",
    ],
    link: "https://hexdocs.pm/elixir/ArgumentError.html",
    recognised: "exception `ArgumentError` not matched by any specific rule.",
    advice: "{function} refused its argument: {message first line}.",
    unless: "always weak: print the message, give no cause.",
    matches: |v| v.is(&["ArgumentError"]),
    hint: |_| nothing(),
};

pub(super) const RUNTIME_ERROR: Category = Category {
    id: "runtime-error",
    title: "raise \"…\"",
    class: Class::Generic,
    means: "The code raised a plain message.",
    explain: &[
        "The text was written by the author of the code.",
        "The same text in several tests from one line is one cause.",
        "If the text comes from a dependency, search its issues for it.",
    ],
    link: "https://hexdocs.pm/elixir/RuntimeError.html",
    recognised: "exception `RuntimeError` not matched by a specific rule.",
    advice: "Raised at {top project frame}: {message first line}.",
    unless: "no further hint than the location.",
    matches: |v| v.is(&["RuntimeError"]) && !process::is_start_failure(v),
    hint: |v| say(&[with("Raised at {}", v.place())]),
};

pub(super) const CUSTOM_EXCEPTION: Category = Category {
    id: "custom-exception",
    title: "Application or library exception",
    class: Class::Generic,
    means: "Any other exception module.",
    explain: &[
        "Not a known library exception: see its documentation or source.",
        "If it shows up often, add a rule to the project configuration.",
        "Group by module and first project frame.",
    ],
    link: "https://hexdocs.pm/elixir/Kernel.html#raise/1",
    recognised: "an exception banner whose module no rule knows.",
    advice: "{module} raised at {top project frame}.",
    unless: "no hint beyond the location: honest generic bucket, reported separately.",
    matches: |v| {
        v.kind == ErrorKind::Error
            && !v.exception.is_empty()
            && !assertion::is_snapshot(v)
            && !process::is_start_failure(v)
    },
    hint: |_| nothing(),
};

pub(super) const THROW: Category = Category {
    id: "throw",
    title: "Uncaught throw",
    class: Class::Generic,
    means: "A value was thrown and not caught.",
    explain: &[
        "A throw must be caught in the same process.",
        "Use catch_throw/1 to assert it.",
        "GenServer callbacks treat a thrown value as a return value.",
    ],
    link: "https://hexdocs.pm/elixir/Kernel.SpecialForms.html#try/1",
    recognised: "kind throw.",
    advice: "Uncaught throw {value}: catch it or return it.",
    unless: "",
    matches: |v| v.kind == ErrorKind::Throw,
    hint: |v| {
        say(&[with(
            "Uncaught throw {}: catch it or return it",
            Some(v.first.clone()),
        )])
    },
};

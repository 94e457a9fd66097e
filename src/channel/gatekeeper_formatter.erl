%% An ExUnit formatter that tells gatekeeper what ran, one JSON object a line, past standard output and exit code.
%%
%% It is written in Erlang, so that one source serves every version of Elixir, and it is loaded before Mix starts
%% (ELIXIR_ERL_OPTIONS), for from 1.15 on Mix prunes what is only on the code path. It never fails the run that it
%% watches: whatever goes wrong here is caught, and shows as a gap in the numbers of the lines.
%%
%% Two kinds of processes: one owner of the file for each VM, which numbers the lines, and one formatter for each suite,
%% which ExUnit itself starts, feeds and stops. ExUnit only casts to it, so tests never wait.
-module(gatekeeper_formatter).

-behaviour(gen_server).

-export([preload/0, attach/2]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2]).

-define(OWNER, gatekeeper_channel).
-define(HOOK, 'Elixir.ExUnit.EventManager').
-define(ORIGINAL, 'Elixir.ExUnit.EventManage_').

%% Bytes of one text that are kept: with every byte escaped a line stays below 1 MiB.
-define(BLOCK, 98304).
-define(LOGS, 49152).
-define(TEXT, 4096).

%% Lines wait at most so many milliseconds, and so many bytes, for others to be written with.
-define(PATIENCE, 20).
-define(BATCH, 65536).

%%% At the start of the VM

%% Does nothing unless gatekeeper asked for it.
preload() ->
    try os:getenv("GATEKEEPER_CHANNEL") of
        false -> ok;
        Asked -> start(Asked)
    catch
        _:_ -> ok
    end.

start(Asked) ->
    [Nonce, Path] = string:split(Asked, ":"),
    %% Absolute, and there already: a file that gatekeeper did not make is none of ours.
    true = filelib:is_regular(Path),
    {ok, Cwd} = file:get_cwd(),
    Hooked = try hook() catch _:_ -> false end,
    Self = self(),
    Ref = make_ref(),
    spawn(fun() ->
        true = register(?OWNER, self()),
        %% In the same process that writes: a raw file belongs to whoever opened it.
        {ok, File} = file:open(Path, [append, raw, binary]),
        Vm = os:getpid() ++ "-" ++ integer_to_list(erlang:system_time(millisecond), 36),
        Head = iolist_to_binary(["{\"gk\":", text(Nonce), ",\"vm\":", text(Vm), ",\"n\":"]),
        Owner = #{file => File, head => Head, n => 0, cwd => Cwd, suites => 0, open => 0, lines => [], bytes => 0,
                  env => environment()},
        Hello = [{t, hello}, {v, 1}, {otp, erlang:system_info(otp_release)}, {hook, Hooked}],
        Begun = flush(add(object(Hello), Owner)),
        Self ! Ref,
        owner(Begun)
    end),
    receive Ref -> ok after 2000 -> ok end.

%% Stands before ExUnit's event manager, whose original is loaded under another name of the same length. So the formatters
%% that the project and the command line configure stay as they are.
hook() ->
    {ok, Beam} = file:read_file(event_manager()),
    {ok, ?HOOK, Chunks} = beam_lib:all_chunks(Beam),
    {ok, Renamed} = beam_lib:build_module([rename(Chunk) || Chunk <- Chunks]),
    {module, ?ORIGINAL} = code:load_binary(?ORIGINAL, "gatekeeper", Renamed),
    true = erlang:function_exported(?ORIGINAL, add_handler, 3),
    {ok, Hook} = file:read_file(filename:join(filename:dirname(code:which(?MODULE)), "event_manager.hook")),
    {module, ?HOOK} = code:load_binary(?HOOK, "gatekeeper", Hook),
    true.

event_manager() ->
    Name = atom_to_list(?HOOK) ++ ".beam",
    case code:where_is_file(Name) of
        non_existing ->
            Elixir = filename:dirname(code:where_is_file("elixir.app")),
            filename:join([Elixir, "..", "..", "ex_unit", "ebin", Name]);
        Found ->
            Found
    end.

%% The name of a module is its first atom.
rename({Id, Atoms}) when Id =:= "AtU8"; Id =:= "Atom" ->
    Old = atom_to_binary(?HOOK, utf8),
    {At, Length} = binary:match(Atoms, Old),
    true = At =< 8,
    <<Before:At/binary, _:Length/binary, After/binary>> = Atoms,
    {Id, <<Before/binary, (atom_to_binary(?ORIGINAL, utf8))/binary, After/binary>>};
rename(Chunk) ->
    Chunk.

%% Called by the hook, in the process of the runner, after a handler was added: the first time for its manager we add
%% ourselves.
attach(Manager, Options) ->
    try put({?MODULE, Manager}, true) of
        undefined -> ?ORIGINAL:add_handler(Manager, ?MODULE, Options);
        true -> ok
    catch
        _:_ -> ok
    end.

%%% The owner of the file

owner(#{lines := Lines} = S) ->
    receive
        {line, Line} ->
            Lines =:= [] andalso erlang:send_after(?PATIENCE, self(), flush),
            owner(add(Line, S));
        {urgent, Line} ->
            owner(flush(add(Line, S)));
        flush ->
            owner(flush(S));
        {open, From, Ref} ->
            #{suites := N, open := Open, cwd := Cwd} = S,
            From ! {Ref, N + 1, Open > 0, Cwd},
            Open =:= 0 andalso hide(S),
            owner(S#{suites := N + 1, open := Open + 1});
        {close, From, Ref} ->
            #{open := Open} = S,
            Open =:= 1 andalso show(S),
            Flushed = flush(S),
            From ! Ref,
            owner(Flushed#{open := max(0, Open - 1)});
        _ ->
            owner(S)
    end.

add(Line, #{head := Head, n := N, lines := Lines, bytes := Bytes} = S) ->
    Whole = iolist_to_binary([Head, integer_to_binary(N), $, | Line]),
    More = S#{n := N + 1, lines := [Whole | Lines], bytes := Bytes + byte_size(Whole)},
    case maps:get(bytes, More) > ?BATCH of
        true -> flush(More);
        false -> More
    end.

flush(#{lines := []} = S) ->
    S;
flush(#{file := none} = S) ->
    S#{lines := [], bytes := 0};
flush(#{file := File, lines := Lines} = S) ->
    %% What could not be written leaves a gap: nothing may follow it.
    Next = case file:write(File, iolist_to_binary(lists:reverse(Lines))) of
        ok -> File;
        _ -> none
    end,
    S#{file := Next, lines := [], bytes := 0}.

%% While a suite runs, its tests see the environment as it was without us: what they start is none of our business.
environment() ->
    Options = case os:getenv("ELIXIR_ERL_OPTIONS") of false -> ""; Value -> Value end,
    Ours = " -pa " ++ filename:dirname(code:which(?MODULE)),
    [Theirs | _] = string:split(Options, Ours),
    {os:getenv("GATEKEEPER_CHANNEL"), Options, Theirs}.

hide(#{env := {_, _, Theirs}}) ->
    os:unsetenv("GATEKEEPER_CHANNEL"),
    case Theirs of
        "" -> os:unsetenv("ELIXIR_ERL_OPTIONS");
        _ -> os:putenv("ELIXIR_ERL_OPTIONS", Theirs)
    end.

show(#{env := {Channel, Options, _}}) ->
    os:putenv("GATEKEEPER_CHANNEL", Channel),
    os:putenv("ELIXIR_ERL_OPTIONS", Options).

ask(What, Form) ->
    Ref = make_ref(),
    ?OWNER ! {What, self(), Ref},
    Form(Ref).

%%% The formatter of one suite

init(Options) ->
    try
        {N, Nested, Root} = ask(open, fun(Ref) ->
            receive {Ref, Suite, Inside, Cwd} -> {Suite, Inside, Cwd} after 2000 -> exit(silent) end
        end),
        S = #{suite => N, root => Root, counts => #{}, stopped => false},
        say(urgent, [{t, suite}, {suite, N}, {app, app(Root)}, {seed, option(seed, Options)},
                     {max_cases, option(max_cases, Options)}, {elixir, elixir()}, {nested, Nested},
                     {console, lists:member('Elixir.ExUnit.CLIFormatter', option(formatters, Options))},
                     {'repeat', default(option(repeat_until_failure, Options), 0)}]),
        {ok, S}
    catch
        _:_ -> ignore
    end.

handle_call(_, _, S) ->
    {reply, ok, S}.

handle_cast(Event, S) ->
    try event(Event, S) of
        Next -> {noreply, Next}
    catch
        _:_ ->
            lost(S),
            {noreply, S}
    end.

handle_info(_, S) ->
    {noreply, S}.

%% The VM may end as soon as the runner has: not before everything is written.
terminate(_, _) ->
    try ask(close, fun(Ref) -> receive Ref -> ok after 5000 -> ok end end)
    catch _:_ -> ok
    end.

%% Something was cast that could not be written: the suite cannot be believed to be whole.
lost(#{suite := N}) ->
    try say(urgent, [{t, lost}, {suite, N}])
    catch _:_ -> ok
    end.

event({test_started, #{module := Module, name := Name} = Test}, #{suite := N} = S) ->
    say(line, [{t, run}, {suite, N}, {module, inspect(Module)}, {name, name(Name, Test)}, {params, parameters(Test)}]),
    S;
event({test_finished, #{state := State} = Test}, S) ->
    {Word, Reason} = outcome(State),
    {Urgency, Details} = case State of
        {failed, Failures} ->
            {Block, Cut} = block(format_test_failure, Test, Failures),
            Logs = case maps:get(logs, Test, <<>>) of <<>> -> undefined; Text -> {long, Text, ?LOGS} end,
            {urgent, [{block, {long, Block, ?BLOCK}}, {cut, Cut}, {logs, Logs}]};
        _ ->
            {line, []}
    end,
    say(Urgency, test(Test, S) ++ [{state, Word}, {reason, Reason} | Details]),
    count(Word, 1, S);
event({module_finished, #{state := {failed, Failures}, name := Module, tests := Tests} = Whole}, S) ->
    Passed = length([T || #{state := undefined} = T <- nils(Tests)]),
    {Block, Cut} = block(format_test_all_failure, Whole, Failures),
    say(urgent, [{t, module}, {suite, maps:get(suite, S)}, {module, inspect(Module)},
                 {file, relative(maps:get(file, Whole, undefined), S)}, {params, parameters(Whole)},
                 {invalidated, Passed}, {block, {long, Block, ?BLOCK}}, {cut, Cut}]),
    count(failed, Passed, count(passed, -Passed, S));
event({sigquit, _}, #{suite := N} = S) ->
    say(urgent, [{t, abort}, {suite, N}]),
    S;
event(max_failures_reached, S) ->
    S#{stopped := true};
event({suite_finished, Times}, #{suite := N, counts := Counts, stopped := Stopped} = S) ->
    Run = case Times of #{run := Us} -> Us; _ -> undefined end,
    say(urgent, [{t, 'end'}, {suite, N}, {us, Run}, {stopped, Stopped}
                 | [{Word, maps:get(Word, Counts, 0)} || Word <- [passed, failed, invalid, skipped, excluded]]]),
    S;
event(_, S) ->
    S.

%% `nil` of Elixir is an atom like any other; here it is `undefined`.
nils(Tests) ->
    [case T of #{state := nil} -> T#{state := undefined}; _ -> T end || T <- Tests].

test(#{name := Name, module := Module, tags := Tags} = Test, #{suite := N} = S) ->
    [{t, test}, {suite, N}, {module, inspect(Module)}, {name, name(Name, Test)}, {params, parameters(Test)},
     {type, maps:get(test_type, Tags, undefined)}, {describe, maps:get(describe, Tags, undefined)},
     {file, relative(maps:get(file, Tags, undefined), S)}, {line, maps:get(line, Tags, undefined)},
     {us, maps:get(time, Test, undefined)}].

outcome(nil) -> {passed, undefined};
outcome({failed, _}) -> {failed, undefined};
outcome({invalid, _}) -> {invalid, undefined};
outcome({skipped, Reason}) -> {skipped, Reason};
outcome({excluded, Reason}) -> {excluded, Reason};
outcome(_) -> {unknown, undefined}.

count(Word, More, #{counts := Counts} = S) ->
    S#{counts := Counts#{Word => maps:get(Word, Counts, 0) + More}}.

%% From 1.20 on a name above 250 characters is a hash, and the description is the name.
name(_, #{description := Whole}) when is_binary(Whole) -> Whole;
name(Name, _) -> atom_to_binary(Name, utf8).

parameters(#{parameters := Parameters}) when is_map(Parameters), map_size(Parameters) > 0 -> inspect(Parameters);
parameters(_) -> undefined.

%% The failure as the console shows it, without colour. ExUnit's own formatter fails on bytes that are not UTF-8.
block(Function, Subject, Failures) ->
    try apply('Elixir.ExUnit.Formatter', Function, [Subject, Failures, 1, 80, fun plain/2]) of
        Text ->
            Block = bytes(Text),
            {Block, true_or_undefined(byte_size(Block) > ?BLOCK)}
    catch
        _:_ -> {bare(Failures), undefined}
    end.

true_or_undefined(true) -> true;
true_or_undefined(false) -> undefined.

plain('diff_enabled?', _) -> false;
plain(blame_diff, Text) -> <<"-", Text/binary, "-">>;
plain(_, Text) -> Text.

bare(Failures) ->
    Line = fun({Kind, Reason, _}) ->
        Text = try bytes('Elixir.Exception':format_banner(Kind, Reason)) catch _:_ -> inspect(Reason) end,
        Lines = binary:split(Text, <<"\n">>, [global]),
        [["     ", L, $\n] || L <- Lines]
    end,
    iolist_to_binary(["  1) \n" | lists:map(Line, Failures)]).

app(Root) ->
    try {file:get_cwd(), 'Elixir.Mix.Project':config()} of
        %% Mix runs the suites of an umbrella in the folders of its apps.
        {{ok, Cwd}, Config} when Cwd =/= Root -> proplists:get_value(app, Config);
        _ -> undefined
    catch
        _:_ -> undefined
    end.

elixir() ->
    try 'Elixir.System':version() catch _:_ -> undefined end.

option(Key, Options) ->
    proplists:get_value(Key, Options).

default(undefined, Default) -> Default;
default(Value, _) -> Value.

relative(File, #{root := Root}) when is_binary(File) ->
    Prefix = unicode:characters_to_binary(Root ++ "/"),
    Length = byte_size(Prefix),
    case File of
        <<Prefix:Length/binary, Below/binary>> -> Below;
        _ -> File
    end;
relative(_, _) ->
    undefined.

inspect(Term) ->
    try 'Elixir.Kernel':inspect(Term)
    catch _:_ -> iolist_to_binary(io_lib:format("~0p", [Term]))
    end.

%%% JSON

say(Urgency, Fields) ->
    ?OWNER ! {Urgency, object(Fields)},
    ok.

%% The fields of an object up to its end and the end of the line; its start is the owner's. Unset ones are left out.
object(Fields) ->
    Set = [[$", atom_to_binary(Key, utf8), "\":", value(Value)] || {Key, Value} <- Fields, Value =/= undefined, Value =/= nil],
    iolist_to_binary([lists:join($,, Set), "}\n"]).

value(true) -> <<"true">>;
value(false) -> <<"false">>;
value(Value) when is_integer(Value) -> integer_to_binary(Value);
value({long, Value, Max}) -> text(first(bytes(Value), Max));
value(Value) -> text(first(bytes(Value), ?TEXT)).

first(Text, Max) when byte_size(Text) > Max -> binary:part(Text, 0, Max);
first(Text, _) -> Text.

bytes(Value) when is_binary(Value) -> Value;
bytes(Value) when is_atom(Value) -> atom_to_binary(Value, utf8);
bytes(Value) ->
    try unicode:characters_to_binary(Value) of
        Text when is_binary(Text) -> Text;
        _ -> iolist_to_binary(Value)
    catch
        _:_ -> inspect(Value)
    end.

text(Value) ->
    [$", escape(bytes(Value), <<>>), $"].

%% Any bytes: what is not UTF-8 becomes U+FFFD.
escape(<<$", Rest/binary>>, Done) -> escape(Rest, <<Done/binary, "\\\"">>);
escape(<<$\\, Rest/binary>>, Done) -> escape(Rest, <<Done/binary, "\\\\">>);
escape(<<$\n, Rest/binary>>, Done) -> escape(Rest, <<Done/binary, "\\n">>);
escape(<<C, Rest/binary>>, Done) when C < 32; C =:= 127 ->
    escape(Rest, <<Done/binary, "\\u00", (hex(C bsr 4)), (hex(C band 15))>>);
escape(<<C/utf8, Rest/binary>>, Done) -> escape(Rest, <<Done/binary, C/utf8>>);
escape(<<_, Rest/binary>>, Done) -> escape(Rest, <<Done/binary, 16#FFFD/utf8>>);
escape(<<>>, Done) -> Done.

hex(N) when N < 10 -> $0 + N;
hex(N) -> $a + N - 10.

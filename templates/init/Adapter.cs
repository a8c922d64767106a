// Connects macproof to your code: `macproof run` builds and starts it, as macproof.yaml says.
// Each line on stdin and stdout is one JSON object: print nothing else to stdout.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
{%- if times %}
using System.Text.RegularExpressions;
{%- endif %}

static class Adapter
{
    // ---- Yours: fill in ------------------------------------------------------------------------
    // It works as generated, so the first run passes, but it tests none of your code until Sign and
    // Verify call it. Then remove TokenOf.

    /// <summary>Throw this if your code refuses an input with a documented exception.</summary>
    sealed class Refused : Exception
    {
        public Refused(string reason) : base(reason) { }
    }
{%- if left %}

    /// <summary>Not implemented yet.</summary>
    sealed class FillIn : Exception
    {
        public FillIn(string what) : base(what) { }
    }
{%- endif %}

    /// <summary>The token of these fields, as in: Acme.Sign(secret, fields["{{ field }}"])</summary>
    static string Sign(string suite, string secret, Dictionary<string, string> fields)
    {
        return TokenOf(suite, secret, fields);
    }

    /// <summary>
    /// Whether the token is accepted for these fields, at the time now in Unix seconds. False if
    /// your code throws its documented exception for a bad signature; let any other propagate.
    /// </summary>
    static bool Verify(
        string suite, string secret, Dictionary<string, string> fields, string token, long now)
    {
{%- for s in suites %}{% if let Some(carried) = s.carried %}
        if (suite == "{{ s.name }}")
        {
            // The time stays text: long.Parse also takes "+7" and "007"; $ would allow a line feed.
            int at = token.LastIndexOf("{{ carried.separator }}", StringComparison.Ordinal);
            string time = at < 0 ? token : token.Substring(at + {{ carried.separator.len() }});
            if (!Regex.IsMatch(time, @"\A(0|[1-9][0-9]*)\z")) return false;
            fields = new Dictionary<string, string>(fields) { ["{{ carried.field }}"] = time };
        }
{%- endif %}{% endfor %}
        byte[] expected = Encoding.UTF8.GetBytes(TokenOf(suite, secret, fields));
        return CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(token));
    }

    static string TokenOf(string suite, string secret, Dictionary<string, string> fields)
    {
        if (string.IsNullOrEmpty(secret)) throw new Refused("there is no secret");
        switch (suite)
        {
{%- for s in suites %}
            case "{{ s.name }}":
{%- if let Some(token) = s.token %}
                return {{ token|indent(16) }};
{%- else %}
                throw new FillIn("fill in Sign and Verify of {{ s.name }} in {{ path }}");
{%- endif %}{% endfor %}
            default:
                throw new ArgumentException(suite);
        }
    }
{%- if computed %}

    static byte[] Mac(string secret, string message)
    {
        using (var hmac = new HMACSHA256(Encoding.UTF8.GetBytes(secret)))
        {
            return hmac.ComputeHash(Encoding.UTF8.GetBytes(message));
        }
    }
{%- endif %}
{%- if hex %}

    static string Hex(byte[] mac)
    {
        return string.Concat(mac.Select(one => one.ToString("x2", CultureInfo.InvariantCulture)));
    }
{%- endif %}

    // ---- The adapter: set your name and version, and keep the rest -----------------------------

    // Take out of ops what your code does not do. The inputs are not "number": fields are strings.
    const string Hello = @"{
        ""protocol"": 1,
        ""implementation"":
            {""name"": ""{{ implementation }}"", ""version"": ""0"", ""language"": ""csharp""},
        ""suites"": [{{ names }}],
        ""ops"": [""sign"", ""verify""],
        ""inputs"": [""text""],
        ""max_in_flight"": 64
    }";

    // Nothing here depends on the encoding of the console: all that comes and goes is ASCII.
    static void Main()
    {
        var input = new StreamReader(Console.OpenStandardInput(), Encoding.ASCII);
        var output = new StreamWriter(Console.OpenStandardOutput(), Encoding.ASCII);
        output.NewLine = "\n";
        for (string line; (line = input.ReadLine()) != null;)
        {
            var request = (Dictionary<string, object>)Json.Read(line);
            if ((string)request["op"] == "bye") break;
            string answer = (string)request["op"] == "hello"
                ? string.Concat(Hello.Where(c => c != '\n' && c != '\r'))
                : Answer(request);
            output.WriteLine(answer);
            output.Flush();
        }
    }

    static string Answer(Dictionary<string, object> request)
    {
        string id = "{\"id\":" + Json.Text(request["id"]) + ",";
        try
        {
            return id + Outcome(request) + "}";
        }
        catch (Refused refused)
        {
            return id + "\"refused\":" + Json.Quoted(refused.Message) + "}";
        }
{%- if left %}
        catch (FillIn missing)
        {
            return id + "\"unsupported\":" + Json.Quoted(missing.Message) + "}";
        }
{%- endif %}
        catch (Exception exception)
        {
            string what = exception.GetType().Name + ": " + exception.Message;
            return id + "\"threw\":" + Json.Quoted(what) + "}";
        }
    }

    static string Outcome(Dictionary<string, object> request)
    {
        string suite = (string)request["suite"];
        var fields = ((Dictionary<string, object>)request["fields"])
            .ToDictionary(field => field.Key, field => Json.Text(field.Value));
        object given;
        string secret = request.TryGetValue("secret", out given) ? (string)given : null;
{%- for s in suites %}{% if let Some(per) = s.per %}
        if (suite == "{{ s.name }}")
        {
            var secrets = (Dictionary<string, object>)request["secrets"];
            secret = secrets.TryGetValue(fields["{{ per }}"], out given) ? (string)given : null;
        }
{%- endif %}{% endfor %}
        if ((string)request["op"] == "sign")
        {
            return "\"token\":" + Json.Quoted(Sign(suite, secret, fields));
        }
        long now = (long)request["now"];
        long repeat = request.TryGetValue("repeat", out given) ? (long)given : 1;
        bool last = false;
        long accepted = 0;
        for (long i = 0; i < repeat; i++)
        {
            last = Verify(suite, secret, fields, (string)request["token"], now);
            if (last) accepted++;
        }
        string outcome = last ? "accept" : "reject";
        return "\"outcome\":\"" + outcome + "\",\"accepted\":" + Json.Text(accepted);
    }
}

/// <summary>JSON, as much as one line of the protocol needs.</summary>
sealed class Json
{
    readonly string text;
    int at;

    Json(string text) { this.text = text; }

    public static object Read(string text) { return new Json(text).Value(); }

    /// <summary>A text as it is, a number in decimal.</summary>
    public static string Text(object value)
    {
        return Convert.ToString(value, CultureInfo.InvariantCulture);
    }

    public static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (char c in text)
        {
            bool isPlain = c >= ' ' && c <= '~' && c != '"' && c != '\\';
            if (isPlain) quoted.Append(c);
            else quoted.Append("\\u" + ((int)c).ToString("x4", CultureInfo.InvariantCulture));
        }
        return quoted.Append('"').ToString();
    }

    object Value()
    {
        if (Taken("{"))
        {
            var members = new Dictionary<string, object>();
            if (Taken("}")) return members;
            do
            {
                string name = (string)Value();
                Expect(":");
                members[name] = Value();
            } while (Taken(","));
            Expect("}");
            return members;
        }
        if (Taken("["))
        {
            var items = new List<object>();
            if (Taken("]")) return items;
            do items.Add(Value()); while (Taken(","));
            Expect("]");
            return items;
        }
        if (Taken("\"")) return String();
        if (Taken("null")) return null;
        if (Taken("true")) return true;
        if (Taken("false")) return false;
        int start = at;
        while (at < text.Length && "+-.eE0123456789".IndexOf(text[at]) >= 0) at++;
        string number = text.Substring(start, at - start);
        long whole;
        var culture = CultureInfo.InvariantCulture;
        if (long.TryParse(number, NumberStyles.AllowLeadingSign, culture, out whole))
        {
            return whole;
        }
        return double.Parse(number, culture);
    }

    string String()
    {
        var read = new StringBuilder();
        for (char c; (c = text[at++]) != '"';)
        {
            if (c == '\\')
            {
                c = text[at++];
                int control = "bfnrt".IndexOf(c);
                if (control >= 0)
                {
                    c = "\b\f\n\r\t"[control];
                }
                else if (c == 'u')
                {
                    c = (char)Convert.ToInt32(text.Substring(at, 4), 16);
                    at += 4;
                }
            }
            read.Append(c);
        }
        return read.ToString();
    }

    bool Taken(string token)
    {
        while (at < text.Length && text[at] == ' ') at++;
        bool taken = string.CompareOrdinal(text, at, token, 0, token.Length) == 0;
        if (taken) at += token.Length;
        return taken;
    }

    void Expect(string token)
    {
        if (!Taken(token)) throw new FormatException("no " + token + " at " + at + " of " + text);
    }
}

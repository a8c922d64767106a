    private Object value() {
        if (taken("{")) {
            var members = new HashMap<String, Object>();
            if (taken("}")) return members;
            do {
                String name = (String) value();
                expect(":");
                members.put(name, value());
            } while (taken(","));
            expect("}");
            return members;
        }
        if (taken("[")) {
            var items = new ArrayList<Object>();
            if (taken("]")) return items;
            do { items.add(value()); } while (taken(","));
            expect("]");
            return items;
        }
        if (taken("\"")) return string();
        if (taken("null")) return null;
        if (taken("true")) return true;
        if (taken("false")) return false;
        int start = at;
        while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) at++;
        String number = text.substring(start, at);
        if (number.matches("-?[0-9]{1,18}")) return Long.valueOf(number);
        return Double.valueOf(number);
    }

    private String string() {
        var string = new StringBuilder();
        for (char c; (c = text.charAt(at++)) != '"'; ) {
            if (c == '\\') {
                c = text.charAt(at++);
                int control = "bfnrt".indexOf(c);
                if (control >= 0) c = "\b\f\n\r\t".charAt(control);
                else if (c == 'u') c = (char) Integer.parseInt(text, at, at += 4, 16);
            }
            string.append(c);
        }
        return string.toString();
    }

    private boolean taken(String token) {
        while (at < text.length() && text.charAt(at) <= ' ') at++;
        boolean taken = text.startsWith(token, at);
        if (taken) at += token.length();
        return taken;
    }

    private void expect(String token) {
        if (taken(token)) return;
        throw new IllegalArgumentException("no " + token + " at " + at + " of " + text);
    }

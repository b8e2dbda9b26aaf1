#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# rules/hellotap-rules.schema.json is what tools/rules-schema prints of the program's own
# tables: fields and their types, operators, levels, culprits.  The shipped rules keep it,
# and of the files that the program refuses it refuses those with a wrong shape.
. "${srcdir:=.}/tests/tap.sh"
command -v python3 >/dev/null 2>&1 || skip_all "python3 is not installed"
schema=$srcdir/rules/hellotap-rules.schema.json
dir=$(mktemp -d) && trap 'rm -rf "$dir"' EXIT
export HELLOTAP

python3 "$srcdir/tools/rules-schema" > "$dir/schema" 2> "$dir/why"
ok $? "the program's tables make a schema" "$dir/why"
diff "$schema" "$dir/schema" > "$dir/why"
ok $? "the shipped one is the same (else: tools/rules-schema > rules/hellotap-rules.schema.json)" \
	"$dir/why"
"$HELLOTAP" rules explain fields | sed -n 's/^\([a-z][a-z0-9_.]*\) .*/\1/p' > "$dir/fields"
while read -r f; do
	[ "$(grep -c "^    \"$f\": {" "$schema")" -eq 3 ] || echo "$f"
done < "$dir/fields" > "$dir/why"
[ -s "$dir/fields" ] && ! [ -s "$dir/why" ]
ok $? "every field may be asked for and given in tests" "$dir/why"

if ! python3 -c 'import jsonschema, yaml' 2> /dev/null; then
	skip "the shipped rules keep it" "the modules jsonschema and yaml are not installed"
	tap_end
fi
cat > "$dir/keeps.py" <<'PY'
import json, sys
import jsonschema, yaml

class Loader(yaml.SafeLoader):
    """Plain words stay words: no dates, no yes and no."""

Loader.yaml_implicit_resolvers = {
    k: [r for r in v if r[0] in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:int")]
    for k, v in yaml.SafeLoader.yaml_implicit_resolvers.items()}
schema = json.load(open(sys.argv[1], encoding="utf-8"))
jsonschema.Draft202012Validator.check_schema(schema)
try:
    jsonschema.Draft202012Validator(schema).validate(
        yaml.load(open(sys.argv[2], encoding="utf-8"), Loader))
except jsonschema.ValidationError as e:
    sys.exit("%s: %s" % ("/".join(map(str, e.absolute_path)), e.message))
PY
python3 "$dir/keeps.py" "$schema" "$srcdir/rules/legacy.yaml" > "$dir/why" 2>&1
ok $? "the shipped rules keep it" "$dir/why"
for bad in any culprit empty-list expect field id key level missing not-a-map operator sequence version; do
	python3 "$dir/keeps.py" "$schema" "$srcdir/tests/rules/bad-$bad.yaml" > "$dir/why" 2>&1
	[ $? -eq 1 ]; ok $? "bad-$bad.yaml does not" "$dir/why"
done
tap_end

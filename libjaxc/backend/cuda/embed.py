"""Writes files as a C table of names and texts: embed.py OUT NAME=FILE ..."""
import sys

with open(sys.argv[1], "w") as out:
    out.write('#include "backend/cuda/texts.h"\n\n')
    names = []
    for i, pair in enumerate(sys.argv[2:]):
        name, file = pair.split("=", 1)
        with open(file, "rb") as f:
            text = f.read() + b"\0"
        out.write("static const char text_%d[] = {\n" % i)
        for at in range(0, len(text), 24):
            out.write("    " + "".join("%d," % byte for byte in text[at:at + 24]) + "\n")
        out.write("};\n")
        names.append(name)
    out.write("const int jx_cuda_n_texts = %d;\n" % len(names))
    out.write("const char *const jx_cuda_text_names[] = {%s};\n" % ", ".join('"%s"' % name for name in names))
    out.write("const char *const jx_cuda_texts[] = {%s};\n" % ", ".join("text_%d" % i for i in range(len(names))))

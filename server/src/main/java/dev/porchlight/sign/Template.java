package dev.porchlight.sign;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The parts of a signed content: literal text and what stands in braces.
sealed interface Template {
  /// The bytes of this part; empty when the request lacks what it names.
  ///
  /// @param member where the signature is in the body, when it is there
  Optional<byte[]> bytes(SignedRequest request, BodyMember.@Nullable Found member);

  record Literal(String text) implements Template {
    @Override
    public Optional<byte[]> bytes(SignedRequest request, BodyMember.@Nullable Found member) {
      return Optional.of(text.getBytes(UTF_8));
    }
  }

  record Body() implements Template {
    @Override
    public Optional<byte[]> bytes(SignedRequest request, BodyMember.@Nullable Found member) {
      return Optional.of(request.body());
    }
  }

  record Base64Body() implements Template {
    @Override
    public Optional<byte[]> bytes(SignedRequest request, BodyMember.@Nullable Found member) {
      return Optional.of(Base64.getEncoder().encode(request.body()));
    }
  }

  record BodyEmptied() implements Template {
    @Override
    public Optional<byte[]> bytes(SignedRequest request, BodyMember.@Nullable Found member) {
      return Optional.ofNullable(member).map(m -> m.emptied(request.body()));
    }
  }

  record BodyWithout() implements Template {
    @Override
    public Optional<byte[]> bytes(SignedRequest request, BodyMember.@Nullable Found member) {
      return Optional.ofNullable(member).map(m -> m.without(request.body()));
    }
  }

  record Header(String name) implements Template {
    @Override
    public Optional<byte[]> bytes(SignedRequest request, BodyMember.@Nullable Found member) {
      var values = request.headers().apply(name);
      return values.size() == 1 && !values.getFirst().isBlank()
          ? Optional.of(HeaderBytes.of(values.getFirst().strip()))
          : Optional.empty();
    }
  }

  record Method() implements Template {
    @Override
    public Optional<byte[]> bytes(SignedRequest request, BodyMember.@Nullable Found member) {
      return Optional.of(request.method().getBytes(UTF_8));
    }
  }

  record Url() implements Template {
    @Override
    public Optional<byte[]> bytes(SignedRequest request, BodyMember.@Nullable Found member) {
      return Optional.of(request.url().getBytes(UTF_8));
    }
  }

  /// @throws IllegalArgumentException for braces that name nothing
  static List<Template> parse(String text) {
    var parts = new ArrayList<Template>();
    int at = 0;
    while (at < text.length()) {
      int open = text.indexOf('{', at);
      if (open != at) {
        int end = open < 0 ? text.length() : open;
        parts.add(new Literal(text.substring(at, end)));
        at = end;
        continue;
      }
      int close = text.indexOf('}', open);
      if (close < 0) {
        throw new IllegalArgumentException("A brace in the signed content is not closed.");
      }
      parts.add(named(text.substring(open + 1, close)));
      at = close + 1;
    }
    return parts;
  }

  private static Template named(String name) {
    return switch (name) {
      case "body" -> new Body();
      case "base64 body" -> new Base64Body();
      case "body emptied" -> new BodyEmptied();
      case "body without" -> new BodyWithout();
      case "method" -> new Method();
      case "url" -> new Url();
      default -> {
        if (!name.startsWith("header:")) {
          throw new IllegalArgumentException(
              "The signed content can't hold {"
                  + name
                  + "}; there are {body}, {base64 body}, {body emptied}, {body without}, {method},"
                  + " {url} and {header:NAME}.");
        }
        var header = name.substring("header:".length());
        requireHeaderName(header);
        yield new Header(header);
      }
    };
  }

  static void requireHeaderName(String name) {
    if (!name.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")) {
      throw new IllegalArgumentException("This is not the name of a header: " + name);
    }
  }
}

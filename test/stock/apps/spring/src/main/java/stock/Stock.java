// As Spring Security's "Hello Spring Security" shows: what Spring Boot sets up by itself, form login and CSRF included.
package stock;

import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import jakarta.servlet.http.HttpSession;

@SpringBootApplication
@RestController
public class Stock {
  public static void main(String[] args) {
    SpringApplication.run(Stock.class, args);
  }

  @GetMapping("/me")
  Map<String, String> me(java.security.Principal principal) {
    return Map.of("user", principal.getName());
  }

  @PostMapping("/note")
  void note(@RequestParam String note, HttpSession session) {
    session.setAttribute("note", note);
  }
}
